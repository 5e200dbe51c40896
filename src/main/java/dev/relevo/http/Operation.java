package dev.relevo.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * What the contract asks of one operation's requests.
 *
 * @param parameters of path, query and header
 * @param body what it asks of the body, null if the operation takes none
 */
record Operation(List<Parameter> parameters, Body body) {

  /**
   * What the contract asks of a body.
   *
   * @param required whether there has to be one
   * @param mediaTypes those it may have, in lower case, without parameters
   * @param schema the compiled schema
   * @param source the schema it was compiled from, free of references
   * @param defaults the values of fields that are left out
   */
  record Body(
      boolean required,
      Set<String> mediaTypes,
      JsonSchema schema,
      JsonNode source,
      Map<String, Object> defaults) {}

  Stream<String> headers() {
    return parameters.stream()
        .filter(p -> p.place() == Parameter.Place.HEADER)
        .map(Parameter::name);
  }

  /**
   * Puts the parsed request into the message.
   *
   * @throws ProblemException if it is not what the contract asks for
   */
  void accept(Message message) {
    JsonNode json = body == null ? null : read(message);
    List<FieldError> errors = new ArrayList<>(0);
    for (Parameter parameter : parameters) {
      parameter.accept(message, errors);
    }
    if (json != null) {
      check(json, errors);
    }
    if (!errors.isEmpty()) {
      throw ProblemException.invalid(errors);
    }
    // It is the request's, neither the answer's nor that of a call that the route makes.
    message.removeHeader(Exchange.CONTENT_TYPE);
    message.setBody(json == null ? null : Json.toJava(json, body.defaults()));
  }

  private JsonNode read(Message message) {
    byte[] bytes = message.getBody() instanceof byte[] b ? b : message.getBody(byte[].class);
    if (bytes == null || bytes.length == 0) {
      if (body.required()) {
        throw ProblemException.malformed("The body is empty.");
      }
      return null;
    }
    String mediaType = mediaType(message.getHeader(Exchange.CONTENT_TYPE, String.class));
    if (!body.mediaTypes().contains(mediaType)) {
      throw ProblemException.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE,
          "The body's Content-Type must be " + String.join(" or ", body.mediaTypes()) + ".");
    }
    return Json.parse(bytes);
  }

  private void check(JsonNode json, List<FieldError> errors) {
    int before = errors.size();
    Json.checkValues(json, "", errors);
    if (errors.size() > before) {
      return;
    }
    Set<ValidationMessage> messages = body.schema().validate(json);
    if (!messages.isEmpty()) {
      Set<FieldError> found = new LinkedHashSet<>();
      for (ValidationMessage message : messages) {
        found.add(SchemaWords.error(message, body.source()));
      }
      errors.addAll(found);
    }
  }

  private static String mediaType(String contentType) {
    if (contentType == null) {
      return "";
    }
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.strip().toLowerCase(Locale.ROOT);
  }
}
