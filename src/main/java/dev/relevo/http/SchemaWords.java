package dev.relevo.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.ValidationMessage;
import java.math.BigInteger;
import java.util.Map;
import java.util.StringJoiner;

/** Says in words what a schema asks for. */
final class SchemaWords {
  private static final Map<String, BigInteger> INT32 =
      Map.of(
          "minimum",
          BigInteger.valueOf(Integer.MIN_VALUE),
          "maximum",
          BigInteger.valueOf(Integer.MAX_VALUE));
  private static final Map<String, BigInteger> INT64 =
      Map.of(
          "minimum",
          BigInteger.valueOf(Long.MIN_VALUE),
          "maximum",
          BigInteger.valueOf(Long.MAX_VALUE));

  private SchemaWords() {}

  /** The smallest and the largest whole number of the schema's format. */
  static Map<String, BigInteger> limits(JsonNode schema) {
    return "int32".equals(schema.path("format").asText()) ? INT32 : INT64;
  }

  /** What a message of the validator means: which field, and what it must be. */
  static FieldError error(ValidationMessage message, JsonNode root) {
    JsonNodePath path = message.getInstanceLocation();
    StringBuilder field = new StringBuilder();
    JsonNode schema = root;
    for (int i = 0; i < path.getNameCount(); i++) {
      Object element = path.getElement(i);
      if (element instanceof Integer index) {
        field.append('[').append(index).append(']');
        schema = schema.path("items");
      } else {
        String name = element.toString();
        field.append(field.isEmpty() ? "" : ".").append(name);
        schema = schema.path("properties").path(name);
      }
    }
    String keyword = message.getType();
    if ("required".equals(keyword)) {
      JsonNode missing = schema.path("properties").path(message.getProperty());
      String name = child(field.toString(), message.getProperty());
      return new FieldError(
          name, missing.has("type") ? "is missing: " + mustBe(missing, keyword) : "is missing");
    }
    if ("additionalProperties".equals(keyword)) {
      return new FieldError(
          child(field.toString(), message.getProperty()), "is not a field that is known here");
    }
    return new FieldError(
        fieldOrBody(field.toString()),
        schema.has("type") || schema.has("enum") ? mustBe(schema, keyword) : "is not valid");
  }

  static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  static String fieldOrBody(String path) {
    return path.isEmpty() ? "body" : path;
  }

  /**
   * One sentence without a subject, such as <i>must be a whole number of at least 1</i>.
   *
   * @param keyword the keyword of the schema that was not met; limits that only come from a
   *     number's format are named if it is one of them
   */
  static String mustBe(JsonNode schema, String keyword) {
    String words = "must be " + kind(schema, keyword);
    boolean nullable = schema.path("nullable").asBoolean();
    return nullable ? words + ", or null" : words;
  }

  private static String kind(JsonNode schema, String keyword) {
    if (schema.has("enum")) {
      StringJoiner values = new StringJoiner(", ");
      schema.get("enum").forEach(value -> values.add(value.asText()));
      return "one of " + values;
    }
    switch (schema.path("type").asText()) {
      case "integer":
        return "a whole number" + range(schema, keyword) + multiple(schema);
      case "number":
        return "a number" + range(schema, keyword) + multiple(schema);
      case "boolean":
        return "true or false";
      case "string":
        return text(schema);
      case "array":
        return "a list" + count(schema, "Items", "items");
      case "object":
        return "an object";
      default:
        return "valid";
    }
  }

  private static String range(JsonNode schema, String keyword) {
    String least = bound(schema, "minimum", "exclusiveMinimum", keyword);
    String most = bound(schema, "maximum", "exclusiveMaximum", keyword);
    if (least == null) {
      return most == null
          ? ""
          : isExclusive(schema, "exclusiveMaximum") ? " below " + most : " of at most " + most;
    }
    boolean above = isExclusive(schema, "exclusiveMinimum");
    if (most == null) {
      return above ? " above " + least : " of at least " + least;
    }
    return (above ? " above " : " from ")
        + least
        + (isExclusive(schema, "exclusiveMaximum")
            ? " and below "
            : above ? " and at most " : " to ")
        + most;
  }

  private static boolean isExclusive(JsonNode schema, String name) {
    return schema.path(name).isNumber() || schema.path(name).asBoolean();
  }

  private static String bound(JsonNode schema, String name, String exclusive, String keyword) {
    if (schema.path(exclusive).isNumber()) {
      return schema.get(exclusive).asText();
    }
    JsonNode value = schema.path(name);
    if (value.isMissingNode()) {
      return null;
    }
    boolean ofTheFormat =
        "integer".equals(schema.path("type").asText())
            && value.isIntegralNumber()
            && value.bigIntegerValue().equals(limits(schema).get(name));
    return ofTheFormat && !name.equals(keyword) ? null : value.asText();
  }

  private static String multiple(JsonNode schema) {
    return schema.has("multipleOf")
        ? " that is a multiple of " + schema.get("multipleOf").asText()
        : "";
  }

  private static String text(JsonNode schema) {
    switch (schema.path("format").asText()) {
      case "uuid":
        return "a UUID";
      case "date":
        return "a date such as 2026-01-31";
      case "date-time":
        return "a time such as 2026-01-31T12:00:00Z";
      default:
        String form = schema.has("pattern") ? " of the form " + schema.get("pattern").asText() : "";
        return "a text" + count(schema, "Length", "characters") + form;
    }
  }

  private static String count(JsonNode schema, String suffix, String what) {
    JsonNode least = schema.path("min" + suffix);
    JsonNode most = schema.path("max" + suffix);
    if (least.isMissingNode()) {
      return most.isMissingNode() ? "" : " of at most " + most.asText() + " " + what;
    }
    return most.isMissingNode()
        ? " of at least " + least.asText() + " " + what
        : " of " + least.asText() + " to " + most.asText() + " " + what;
  }
}
