package dev.relevo.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Strict JSON: one value, no field twice, no NaN, fractions kept exactly as they are written. */
final class Json {
  /**
   * More digits than this before or after the point are no amount of anything, and arithmetic on
   * them takes for ever.
   */
  private static final int MOST_DIGITS = 60;

  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build()
          .readerFor(JsonNode.class);

  private Json() {}

  /**
   * Parses UTF-8 (or UTF-16, UTF-32) JSON.
   *
   * @throws ProblemException 400 if it is none
   */
  static JsonNode parse(byte[] bytes) {
    try (JsonParser parser = READER.createParser(bytes)) {
      if (parser.nextToken() == null) {
        throw ProblemException.malformed("The body is empty.");
      }
      JsonNode node = READER.readValue(parser);
      if (parser.nextToken() != null) {
        throw ProblemException.malformed(
            "Something follows the JSON value, at " + at(parser.currentTokenLocation()));
      }
      return node;
    } catch (MismatchedInputException e) {
      throw ProblemException.malformed("The body has a field twice, at " + at(e.getLocation()));
    } catch (JsonProcessingException e) {
      throw ProblemException.malformed("The body stops being JSON at " + at(e.getLocation()));
    } catch (IOException e) {
      // Bytes that are no UTF-8; an array doesn't fail in any other way.
      throw ProblemException.malformed("The body is not UTF-8.");
    }
  }

  private static String at(JsonLocation place) {
    return place == null
        ? "its end."
        : "line " + place.getLineNr() + ", column " + place.getColumnNr() + ".";
  }

  /** Finds values that no schema forbids but that no database takes. */
  static void checkValues(JsonNode node, String path, List<FieldError> errors) {
    if (node.isTextual()) {
      if (node.textValue().indexOf('\0') >= 0) {
        errors.add(
            new FieldError(SchemaWords.fieldOrBody(path), "must not contain the character U+0000"));
      }
    } else if (node.isBigDecimal()) {
      if (Math.abs((long) node.decimalValue().scale()) > MOST_DIGITS
          || node.decimalValue().precision() > MOST_DIGITS) {
        errors.add(
            new FieldError(SchemaWords.fieldOrBody(path), "must not have more than 60 digits"));
      }
    } else if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (field.getValue().isContainerNode()
            || field.getValue().isTextual()
            || field.getValue().isBigDecimal()) {
          checkValues(field.getValue(), SchemaWords.child(path, field.getKey()), errors);
        }
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        checkValues(node.get(i), path + "[" + i + "]", errors);
      }
    }
  }

  /**
   * The value as maps, lists, strings, numbers and booleans; {@code defaults} for what an object
   * leaves out.
   */
  static Object toJava(JsonNode node, Map<String, Object> defaults) {
    switch (node.getNodeType()) {
      case OBJECT:
        Map<String, Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
          map.put(field.getKey(), toJava(field.getValue(), Map.of()));
        }
        for (Map.Entry<String, Object> missing : defaults.entrySet()) {
          if (!map.containsKey(missing.getKey())) {
            map.put(missing.getKey(), missing.getValue());
          }
        }
        return map;
      case ARRAY:
        List<Object> list = new ArrayList<>(node.size());
        for (JsonNode item : node) {
          list.add(toJava(item, Map.of()));
        }
        return list;
      case STRING:
        return node.textValue();
      case NUMBER:
        return node.numberValue();
      case BOOLEAN:
        return node.booleanValue();
      default:
        return null;
    }
  }
}
