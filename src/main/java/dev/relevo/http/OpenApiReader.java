package dev.relevo.http;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.oas.OpenApi30;
import com.networknt.schema.oas.OpenApi31;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.io.Resource;

/** Reads an OpenAPI document and compiles what it asks of requests. */
final class OpenApiReader {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final String file;
  private final JsonNode root;
  private final JsonSchemaFactory factory;
  private final SchemaValidatorsConfig config = SchemaValidatorsConfig.builder().build();

  OpenApiReader(Resource file) {
    this.file = file.getDescription();
    try (InputStream in = file.getInputStream()) {
      this.root = YAML.readTree(in);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Can't read the contract " + this.file + ": " + e.getMessage(), e);
    }
    JsonMetaSchema dialect =
        root.path("openapi").asText().startsWith("3.0")
            ? OpenApi30.getInstance()
            : OpenApi31.getInstance();
    this.factory =
        JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder -> builder.metaSchema(dialect).defaultMetaSchemaIri(dialect.getIri()));
  }

  /** The operations by their id. */
  Map<String, Operation> operations() {
    Map<String, Operation> operations = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
      JsonNode shared = path.getValue().path("parameters");
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (METHODS.contains(method.getKey())) {
          String id = method.getValue().path("operationId").asText();
          if (id.isEmpty()
              || operations.putIfAbsent(id, operation(method.getValue(), shared)) != null) {
            throw new IllegalArgumentException(
                file
                    + ": "
                    + method.getKey()
                    + " "
                    + path.getKey()
                    + " needs an operationId of its own");
          }
        }
      }
    }
    return operations;
  }

  private Operation operation(JsonNode operation, JsonNode shared) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (JsonNode list : List.of(shared, operation.path("parameters"))) {
      for (JsonNode each : list) {
        JsonNode resolved = resolve(each, new ArrayDeque<>());
        if (!"cookie".equals(resolved.path("in").asText())) {
          Parameter parameter = parameter(resolved);
          parameters.put(parameter.place() + " " + parameter.name(), parameter);
        }
      }
    }
    JsonNode body = operation.path("requestBody");
    return new Operation(
        List.copyOf(parameters.values()),
        body.isMissingNode() ? null : body(resolve(body, new ArrayDeque<>())));
  }

  private Parameter parameter(JsonNode parameter) {
    JsonNode schema = parameter.path("schema");
    Parameter.Place place =
        Parameter.Place.valueOf(parameter.path("in").asText().toUpperCase(Locale.ROOT));
    JsonNode absent = schema.path("default");
    return new Parameter(
        parameter.path("name").asText(),
        place,
        parameter.path("required").asBoolean() || place == Parameter.Place.PATH,
        compile(schema),
        schema,
        absent.isMissingNode() ? null : Parameter.toJava(absent, schema));
  }

  private Operation.Body body(JsonNode body) {
    JsonNode content = body.path("content");
    Set<String> mediaTypes = new TreeSet<>();
    content.fieldNames().forEachRemaining(name -> mediaTypes.add(name.toLowerCase(Locale.ROOT)));
    JsonNode schema = content.path("application/json").path("schema");
    if (!schema.isObject()) {
      throw new IllegalArgumentException(
          file + ": every requestBody needs a schema for application/json");
    }
    Map<String, Object> defaults = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      JsonNode absent = property.getValue().path("default");
      if (!absent.isMissingNode()) {
        defaults.put(property.getKey(), Json.toJava(absent, Map.of()));
      }
    }
    return new Operation.Body(
        body.path("required").asBoolean(), mediaTypes, compile(schema), schema, defaults);
  }

  private JsonSchema compile(JsonNode schema) {
    JsonSchema compiled = factory.getSchema(schema, config);
    compiled.initializeValidators();
    return compiled;
  }

  /**
   * A copy with every reference replaced by what it points at, and every whole number given its
   * format's limits.
   */
  private JsonNode resolve(JsonNode node, Deque<String> within) {
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode(node.size());
      node.forEach(item -> copy.add(resolve(item, within)));
      return copy;
    }
    if (!node.isObject()) {
      return node;
    }
    String reference = node.path("$ref").asText();
    if (!reference.isEmpty()) {
      JsonNode target =
          reference.startsWith("#/") ? root.at(reference.substring(1)) : root.path("");
      if (target.isMissingNode() || within.contains(reference)) {
        throw new IllegalArgumentException(file + ": can't follow the reference " + reference);
      }
      within.push(reference);
      JsonNode resolved = resolve(target, within);
      within.pop();
      return resolved;
    }
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      copy.set(field.getKey(), resolve(field.getValue(), within));
    }
    return "integer".equals(copy.path("type").asText()) ? limit(copy) : copy;
  }

  private static ObjectNode limit(ObjectNode schema) {
    for (Map.Entry<String, BigInteger> limit : SchemaWords.limits(schema).entrySet()) {
      if (!schema.has(limit.getKey())) {
        schema.put(limit.getKey(), limit.getValue().longValueExact());
      }
    }
    return schema;
  }
}
