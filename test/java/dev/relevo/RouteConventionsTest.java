package dev.relevo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;

/** What every YAML route file keeps to. Each test lists all that breaks its rule. */
class RouteConventionsTest {
  private static final int MOST_LINES = 150;
  private static final Pattern KEBAB_CASE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Set<String> LANGUAGES =
      Set.of("simple", "constant", "jsonpath", "xpath", "exchangeProperty", "header", "language");

  /** The only places where a language may stand without {@code expression} around it. */
  private static final Set<String> PREDICATES = Set.of("expression", "handled", "continued");

  private static final Set<String> NOT_IN_A_SAGA =
      Set.of(
          "split", "multicast", "wireTap", "recipientList", "scatterGather", "enrich", "threads");

  private static final Pattern HOST_OR_PORT =
      Pattern.compile("\\w://[^{#]|localhost|\\b\\d{1,3}(\\.\\d{1,3}){3}\\b|[a-z0-9}]:\\d{2,5}\\b");
  private static final Pattern CREDENTIAL =
      Pattern.compile("(?i)password|secret|credential|token|bearer|authorization|api-?key");
  private static final Pattern DURATION_KEY =
      Pattern.compile("(?i)delay|period|time-?out|interval|pause|duration|ttl|millis|seconds");
  private static final Pattern DURATION = Pattern.compile("(?i)\\d+ ?(ms|s|m|h|d|sec|min)");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{[a-z0-9.-]+}}");

  private static final Pattern SQL_FILE =
      Pattern.compile("sql:classpath:(apps/[a-z]+/sql/[a-z-]+\\.sql)");
  private static final Pattern SQL_PARAMETER =
      Pattern.compile(":#(\\w+|\\$\\{(header\\.[\\w-]+|body\\[\\w+])})");

  /** SQL, an application over HTTP, or another route. */
  private static final Pattern WAY_OUT =
      Pattern.compile("sql:.*|\\{\\{[a-z]+\\.url\\.[ab]}}|direct:[A-Za-z-]+");

  private final List<RouteFile> files = RouteFile.all();
  private final List<String> wrong = new ArrayList<>();

  RouteConventionsTest() throws IOException {}

  @Test
  void aFileIsNamedAfterItsEntryRouteOrHoldsTheContract() {
    for (RouteFile file : files) {
      if (file.name().endsWith("api")) {
        check(file.json().size() == 1 && file.json().get(0).has("rest"), file, "more than rest");
      } else {
        JsonNode first = file.tops().isEmpty() ? null : file.tops().get(0);
        check(
            first != null && file.name().equals(first.path("id").asText()),
            file,
            "begins with something else than " + file.name());
        check(file.json().size() == file.tops().size(), file, "more than routes");
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void aFileIsShort() {
    for (RouteFile file : files) {
      check(file.lines() <= MOST_LINES, file, file.lines() + " lines");
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everythingHasAnIdInKebabCase() {
    for (RouteFile file : files) {
      ids(file).forEach(id -> check(isKebabCase(id), file, "the id " + id));
      for (RouteFile.Node node : file.nodes()) {
        check(node.id() != null, file, "a " + node.kind() + " without id in " + node.top());
      }
      for (JsonNode top : file.tops()) {
        check(top.has("id"), file, "a route without id");
        check(!top.has("from") || top.path("from").has("id"), file, "a from without id");
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void anIdIsUniqueWithinItsContext() {
    contexts()
        .forEach(
            (context, members) -> {
              Map<String, RouteFile> owners = new HashMap<>();
              for (RouteFile file : members) {
                for (String id : ids(file)) {
                  RouteFile other = owners.put(id, file);
                  check(other == null, file, "%s is in %s too (%s)".formatted(id, other, context));
                }
              }
            });
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyRouteSaysWhatItDoes() {
    for (RouteFile file : files) {
      for (JsonNode top : file.tops()) {
        String description = top.path("description").asText();
        check(
            description.matches("[A-Z].*[.]") && !description.contains(". "),
            file,
            top.path("id") + " needs one sentence as its description");
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** Camel's schema takes abbreviations too, so they are looked for apart from it. */
  @Test
  void theNotationIsCanonical() throws IOException {
    JsonNode schema;
    try (InputStream json = getClass().getResourceAsStream("/schema/camelYamlDsl.json")) {
      schema = new JsonMapper().readTree(json);
    }
    JsonSchema dsl = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
    for (RouteFile file : files) {
      for (ValidationMessage message : dsl.validate(file.json())) {
        boolean placeholder =
            message.getType().equals("type")
                && PLACEHOLDER.matcher(message.getInstanceNode().asText()).matches();
        check(placeholder, file, message.getMessage());
      }
      check(file.json().isArray(), file, "no list");
      for (JsonNode entry : file.json()) {
        check(!entry.has("from"), file, "a from without route");
      }
      everyMember(
          file.json(),
          (around, member) -> {
            String key = member.getKey();
            if (LANGUAGES.contains(key)) {
              check(member.getValue().isObject(), file, key + " abbreviated");
              check(PREDICATES.contains(around), file, "%s in %s".formatted(key, around));
            }
          });
      for (RouteFile.Node node : file.nodes()) {
        check(node.json().isObject(), file, node.kind() + " abbreviated");
        String uri = node.json().path("uri").asText();
        check(!uri.contains("?"), file, "parameters in " + uri);
        if (node.isBranch() && !node.kind().equals("onException")) {
          check(node.json().path("steps").size() > 0, file, node.id() + " has no steps");
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void noHostPortCredentialOrDurationIsWrittenInARoute() {
    for (RouteFile file : files) {
      everyMember(
          file.json(),
          (around, member) -> {
            String key = member.getKey();
            String text = member.getValue().asText();
            boolean placeholder = PLACEHOLDER.matcher(text).matches();
            if (key.equals("description")
                || key.equals("note")
                || !member.getValue().isValueNode()) {
              return;
            }
            check(!HOST_OR_PORT.matcher(text).find(), file, key + ": " + text);
            check(!CREDENTIAL.matcher(key + " " + text).find(), file, key + ": " + text);
            check(!DURATION.matcher(text).matches(), file, key + ": " + text);
            check(placeholder || !DURATION_KEY.matcher(key).find(), file, key + ": " + text);
          });
    }
    assertThat(wrong).isEmpty();
  }

  /** Camel moves whatever else a route does beside a saga into that saga. */
  @Test
  void aSagaStandsAloneInItsRoute() {
    for (RouteFile file : files) {
      for (JsonNode route : file.routes()) {
        JsonNode steps = route.path("from").path("steps");
        boolean saga = Stream.of(steps).anyMatch(s -> s.findValue("saga") != null);
        check(
            !saga || steps.size() == 1 && steps.get(0).has("saga"),
            file,
            route.path("id") + " has something beside its saga");
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void nothingInASagaRunsBesideIt() {
    Map<String, RouteFile> fileOf = new HashMap<>();
    Map<String, JsonNode> consumers = new HashMap<>();
    Deque<String> toVisit = new ArrayDeque<>();
    for (RouteFile file : files) {
      for (JsonNode route : file.routes()) {
        String uri = route.path("from").path("uri").asText();
        if (file.path().startsWith("routes")) {
          consumers.put(uri, route);
          fileOf.put(uri, file);
          if (route.findValue("saga") != null) {
            toVisit.add(uri);
          }
        }
      }
    }
    Set<String> visited = new LinkedHashSet<>();
    while (!toVisit.isEmpty()) {
      String uri = toVisit.pop();
      JsonNode route = consumers.get(uri);
      if (route == null || !visited.add(uri)) {
        continue;
      }
      for (String kind : NOT_IN_A_SAGA) {
        check(route.findValue(kind) == null, fileOf.get(uri), kind + " in reach of a saga");
      }
      route.findValues("uri").forEach(next -> toVisit.add(next.asText()));
      route.findValues("compensation").forEach(next -> toVisit.add(next.asText()));
    }
    assertThat(visited)
        .contains("direct:take-stock", "direct:release-stock", "direct:call-reports");
    assertThat(wrong).isEmpty();
  }

  @Test
  void sqlStandsInFilesAndTakesParametersOnly() throws IOException {
    Set<Path> used = new TreeSet<>();
    for (RouteFile file : files) {
      for (RouteFile.Node node : file.nodes()) {
        String uri = node.json().path("uri").asText();
        if (!uri.matches("(sql|jdbc|spring-jdbc|sql-stored|jpa|mybatis).*")) {
          continue;
        }
        var name = SQL_FILE.matcher(uri);
        check(name.matches() && node.kind().equals("to"), file, uri);
        check(
            node.json().path("parameters").has("dataSource"), file, uri + " names no data source");
        if (name.matches()) {
          used.add(Path.of(name.group(1)));
        }
      }
    }
    Set<Path> there = new TreeSet<>();
    try (Stream<Path> paths = Files.walk(Path.of("apps"))) {
      paths
          .filter(p -> p.toString().endsWith(".sql") && p.getParent().endsWith("sql"))
          .forEach(there::add);
    }
    assertThat(there).as("SQL files, and those that routes name").isEqualTo(used);
    for (Path path : there) {
      String rest = SQL_PARAMETER.matcher(Files.readString(path)).replaceAll("");
      if (rest.matches("(?s).*(:#|#:|\\$\\{|\\?|\\{\\{).*")) {
        wrong.add(path + ": a parameter that is no :#name");
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** One that hits a commit which waits for its replica can make it a false success. */
  @Test
  void noStatementQueryOrTransactionTimesOut() throws IOException {
    Pattern timeOut =
        Pattern.compile(
            "(?i)(query|statement|transaction|lock)[-_.]?time-?out|max_(statement|execution)_time|"
                + "transaction\\.default-?timeout");
    List<Path> places = new ArrayList<>();
    for (String folder : List.of("routes", "apps", "watchdogs", "src/main")) {
      try (Stream<Path> paths = Files.walk(Path.of(folder))) {
        paths
            .filter(p -> p.toString().matches(".*\\.(yaml|sql|java|properties)"))
            .forEach(places::add);
      }
    }
    assertThat(places).hasSizeGreaterThan(50);
    for (Path path : places) {
      for (String line : Files.readAllLines(path)) {
        if (timeOut.matcher(line).find()) {
          wrong.add(path + ": " + line.strip());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** Nothing that a role waits for outside may keep it for ever. */
  @Test
  void everyWayOutHasATimeOut() {
    for (RouteFile file : files) {
      for (RouteFile.Node node : file.nodes()) {
        String uri = node.json().path("uri").asText();
        check(uri.isEmpty() || WAY_OUT.matcher(uri).matches(), file, uri + " is no known way out");
      }
    }
    assertThat(wrong).isEmpty();
    Properties http = settings("routes/application.yaml");
    assertThat(http)
        .containsKeys(
            "camel.component.http.connect-timeout",
            "camel.component.http.response-timeout",
            "camel.component.http.so-timeout",
            "camel.component.http.connection-request-timeout");
    for (String role : List.of("routes", "apps/inventory", "apps/orders", "apps/reports")) {
      Properties sql = settings(role + "/application.yaml");
      if (!role.equals("routes")) {
        sql.putAll(settings("apps/participant.yaml"));
      }
      for (String name :
          List.of(
              "connection-timeout",
              "validation-timeout",
              "data-source-properties.connectTimeout",
              "data-source-properties.socketTimeout")) {
        assertThat(sql).as(role).containsKey("spring.datasource.hikari." + name);
      }
    }
  }

  private static Properties settings(String file) {
    YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
    yaml.setResources(new FileSystemResource(file));
    return yaml.getObject();
  }

  @Test
  void everyOperationOfAContractHasItsRoute() throws IOException {
    Map<String, Set<String>> operations = new TreeMap<>();
    Map<String, Set<String>> routes = new TreeMap<>();
    for (RouteFile file : files) {
      String folder = file.path().getParent().toString();
      for (JsonNode route : file.routes()) {
        String first =
            route.path("from").path("steps").path(0).path("process").path("ref").asText();
        if (first.equals("contract")) {
          routes
              .computeIfAbsent(folder, unused -> new TreeSet<>())
              .add(route.path("from").path("uri").asText());
          check(
              route.path("routeConfigurationId").asText().matches("(.*,)?problem-details"),
              file,
              route.path("id") + " doesn't end in problem-details");
          check(
              route.path("routeConfigurationId").asText().startsWith("read-again,")
                  == route.path("id").asText().matches("(get|list)-(product|order|report)s?"),
              file,
              route.path("id") + " reads again and is no read, or the other way round");
        }
      }
      if (file.name().endsWith("api")) {
        Set<String> ids = operations.computeIfAbsent(folder, unused -> new TreeSet<>());
        new YAMLMapper()
            .readTree(file.path().resolveSibling("openapi.yaml").toFile())
            .findValues("operationId")
            .forEach(id -> ids.add("direct:" + id.asText()));
      }
    }
    assertThat(operations).hasSize(5);
    assertThat(routes).isEqualTo(operations);
    assertThat(wrong).isEmpty();
  }

  /** The files of each Camel context: a role's own, and those it shares. */
  private Map<String, List<RouteFile>> contexts() {
    Map<String, List<RouteFile>> contexts = new TreeMap<>();
    for (RouteFile file : files) {
      String folder = file.path().getParent().toString();
      if (!folder.equals("apps")) {
        contexts.computeIfAbsent(folder, unused -> new ArrayList<>()).add(file);
      }
    }
    assertThat(contexts)
        .containsOnlyKeys("routes", "apps/inventory", "apps/orders", "apps/reports", "watchdogs");
    contexts.forEach(
        (folder, members) ->
            files.stream()
                .filter(file -> !folder.equals("routes"))
                .filter(
                    file ->
                        file.name().equals("problem-details")
                            || Set.of("purge-barrier", "read-again").contains(file.name())
                                && folder.startsWith("apps/"))
                .forEach(members::add));
    return contexts;
  }

  private static List<String> ids(RouteFile file) {
    List<String> ids = new ArrayList<>();
    file.json().findValues("id").forEach(id -> ids.add(id.asText()));
    return ids;
  }

  private static boolean isKebabCase(String id) {
    return KEBAB_CASE.matcher(id).matches();
  }

  /** Shows each member of each object below: with the key under which that object stands. */
  private static void everyMember(
      JsonNode json, BiConsumer<String, Map.Entry<String, JsonNode>> visitor) {
    everyMember(null, json, visitor);
  }

  private static void everyMember(
      String around, JsonNode json, BiConsumer<String, Map.Entry<String, JsonNode>> visitor) {
    if (json.isArray()) {
      json.forEach(element -> everyMember(around, element, visitor));
      return;
    }
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      visitor.accept(around, member);
      everyMember(member.getKey(), member.getValue(), visitor);
    }
  }

  private void check(boolean right, RouteFile file, String what) {
    if (!right) {
      wrong.add(file.path() + ": " + what);
    }
  }
}
