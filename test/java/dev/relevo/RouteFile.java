package dev.relevo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A route file as it is written, not as Camel has read it.
 *
 * @param path from the repository's root, which is its class path name too
 * @param lines how many lines it has
 * @param json what it says
 */
record RouteFile(Path path, int lines, JsonNode json) {
  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * What has an id, but is entered only with the first of its steps, for Camel makes no processor
   * of it.
   */
  private static final Set<String> BRANCHES =
      Set.of("when", "otherwise", "onFallback", "doTry", "doCatch", "doFinally", "onException");

  /**
   * A node of a route or of a route configuration.
   *
   * @param kind the YAML key: {@code to}, {@code choice}, {@code when} and so on
   * @param top the id of the route or route configuration; null if it has none
   * @param inside the kinds of the nodes around it, the outermost first
   */
  record Node(String kind, JsonNode json, String top, List<String> inside) {
    String id() {
      return json.path("id").asText(null);
    }

    /** Whether it is a part of the node around it and no step of its own. */
    boolean isBranch() {
      return BRANCHES.contains(kind);
    }
  }

  static List<RouteFile> all() throws IOException {
    List<RouteFile> files = new ArrayList<>();
    for (String folder : List.of("routes", "apps", "watchdogs")) {
      try (Stream<Path> paths = Files.walk(Path.of(folder))) {
        for (Path path : paths.filter(p -> p.toString().endsWith(".camel.yaml")).toList()) {
          files.add(read(path));
        }
      }
    }
    return files;
  }

  private static RouteFile read(Path path) throws IOException {
    List<String> text = Files.readAllLines(path);
    return new RouteFile(path, text.size(), YAML.readTree(String.join("\n", text)));
  }

  /** The file's name without its ending. */
  String name() {
    return path.getFileName().toString().replace(".camel.yaml", "");
  }

  List<JsonNode> routes() {
    return json.findValues("route");
  }

  /** Routes and route configurations. */
  List<JsonNode> tops() {
    List<JsonNode> tops = new ArrayList<>();
    for (JsonNode entry : json) {
      for (String kind : List.of("route", "routeConfiguration")) {
        if (entry.has(kind)) {
          tops.add(entry.get(kind));
        }
      }
    }
    return tops;
  }

  /** Every node, and every branch of one. */
  List<Node> nodes() {
    List<Node> nodes = new ArrayList<>();
    for (JsonNode top : tops()) {
      String id = top.path("id").asText(null);
      addSteps(top.path("from").path("steps"), id, List.of(), nodes);
      addBranches(top, id, List.of(), nodes);
      for (JsonNode handler : top.path("onException")) {
        add("onException", handler.path("onException"), id, List.of(), nodes);
      }
    }
    return nodes;
  }

  private static void addSteps(JsonNode steps, String top, List<String> inside, List<Node> to) {
    for (JsonNode step : steps) {
      for (Map.Entry<String, JsonNode> entry : step.properties()) {
        add(entry.getKey(), entry.getValue(), top, inside, to);
      }
    }
  }

  private static void add(
      String kind, JsonNode json, String top, List<String> around, List<Node> to) {
    to.add(new Node(kind, json, top, around));
    List<String> inside = new ArrayList<>(around);
    inside.add(kind);
    addSteps(json.path("steps"), top, inside, to);
    addBranches(json, top, inside, to);
  }

  private static void addBranches(JsonNode json, String top, List<String> inside, List<Node> to) {
    for (String branch : List.of("when", "otherwise", "onFallback", "doCatch", "doFinally")) {
      JsonNode found = json.path(branch);
      if (found.isArray()) {
        found.forEach(one -> add(branch, one, top, inside, to));
      } else if (found.isObject()) {
        add(branch, found, top, inside, to);
      }
    }
  }
}
