package dev.relevo.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.ValidationMessage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.util.StringUtils;

/**
 * A parameter of an operation.
 *
 * @param required whether the request has to have it
 * @param schema the compiled schema
 * @param source the schema it was compiled from
 * @param absent the value if the request doesn't have it, null for none
 */
record Parameter(
    String name, Place place, boolean required, JsonSchema schema, JsonNode source, Object absent) {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,40}");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");

  /** Where a request has it. */
  enum Place {
    PATH,
    QUERY,
    HEADER
  }

  /**
   * Sets the header of this name to the typed value, or adds what is wrong with it to {@code
   * errors}.
   */
  void accept(Message message, List<FieldError> errors) {
    String text;
    try {
      text = find(message);
    } catch (IllegalArgumentException e) {
      errors.add(
          new FieldError(
              name, e instanceof GivenTwice ? "must be given once" : "must be encoded properly"));
      return;
    }
    if (text == null) {
      if (required) {
        errors.add(new FieldError(name, "is missing: " + SchemaWords.mustBe(source, "required")));
      } else if (absent != null) {
        message.setHeader(name, absent);
      } else if (place != Place.HEADER) {
        message.removeHeader(name);
      }
      return;
    }
    JsonNode value = toJson(text);
    if (value == null || text.indexOf('\0') >= 0) {
      errors.add(new FieldError(name, SchemaWords.mustBe(source, "type")));
      return;
    }
    Set<ValidationMessage> messages = schema.validate(value);
    if (messages.isEmpty()) {
      message.setHeader(name, toJava(value, source));
    } else {
      errors.add(
          new FieldError(name, SchemaWords.mustBe(source, messages.iterator().next().getType())));
    }
  }

  private String find(Message message) {
    switch (place) {
      case QUERY:
        return findIn(
            message.getHeader(
                Exchange.HTTP_RAW_QUERY, message.getHeader(Exchange.HTTP_QUERY), String.class));
      case PATH:
        String raw = message.getHeader(name, String.class);
        return raw == null || raw.indexOf('%') < 0
            ? raw
            : StringUtils.uriDecode(raw, StandardCharsets.UTF_8);
      default:
        return message.getHeader(name, String.class);
    }
  }

  private String findIn(String query) {
    if (query == null) {
      return null;
    }
    String found = null;
    int start = 0;
    while (start <= query.length()) {
      int end = query.indexOf('&', start);
      end = end < 0 ? query.length() : end;
      int equals = query.indexOf('=', start);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (isName(query, start, nameEnd)) {
        if (found != null) {
          throw new GivenTwice();
        }
        found = nameEnd == end ? "" : decode(query.substring(nameEnd + 1, end));
      }
      start = end + 1;
    }
    return found;
  }

  private boolean isName(String query, int start, int end) {
    if (end - start == name.length() && query.startsWith(name, start)) {
      return true;
    }
    // A name with escapes that aren't valid is not this one's.
    for (int i = start; i < end; i++) {
      if (query.charAt(i) == '%') {
        try {
          return name.equals(decode(query.substring(start, end)));
        } catch (IllegalArgumentException e) {
          return false;
        }
      }
    }
    return false;
  }

  private static String decode(String text) {
    return text.indexOf('%') < 0 && text.indexOf('+') < 0
        ? text
        : URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private JsonNode toJson(String text) {
    switch (source.path("type").asText()) {
      case "integer":
        if (!WHOLE_NUMBER.matcher(text).matches()) {
          return null;
        }
        if (text.length() <= 18) {
          return LongNode.valueOf(Long.parseLong(text));
        }
        BigInteger big = new BigInteger(text);
        return big.bitLength() < Long.SIZE
            ? LongNode.valueOf(big.longValue())
            : BigIntegerNode.valueOf(big);
      case "number":
        return NUMBER.matcher(text).matches() ? DecimalNode.valueOf(new BigDecimal(text)) : null;
      case "boolean":
        return "true".equals(text) || "false".equals(text)
            ? BooleanNode.valueOf("true".equals(text))
            : null;
      default:
        return TextNode.valueOf(text);
    }
  }

  /**
   * The value as the header has it: {@link Integer} for the format int32, {@link Long} for other
   * whole numbers.
   */
  static Object toJava(JsonNode value, JsonNode source) {
    if (value.isIntegralNumber()) {
      return "int32".equals(source.path("format").asText())
          ? (Object) value.intValue()
          : (Object) value.longValue();
    }
    return Json.toJava(value, Map.of());
  }

  private static final class GivenTwice extends IllegalArgumentException {}
}
