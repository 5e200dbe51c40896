package dev.relevo.observability;

import static java.util.stream.Collectors.toCollection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The metrics that the alert rules and the dashboard in {@code compose/observability} ask for. */
public final class MetricNames {
  static final Path FOLDER = Path.of("compose/observability");

  /** Those that roles and routers expose; recorded ones have colons, Prometheus' own no prefix. */
  private static final Pattern NAME =
      Pattern.compile("\\b(relevo|hikaricp|camel|jvm|process|haproxy)_[a-z0-9_]+\\b(?!:)");

  private MetricNames() {}

  /** Those that begin so. */
  public static Set<String> asked(String prefix) {
    Set<String> names = new TreeSet<>();
    for (String file :
        new String[] {"rules-slo.yml", "rules-parts.yml", "grafana/dashboards/relevo.json"}) {
      read(FOLDER.resolve(file)).findValuesAsText("expr").stream()
          .flatMap(expression -> NAME.matcher(expression).results())
          .map(MatchResult::group)
          .filter(name -> name.startsWith(prefix))
          .forEach(names::add);
    }
    return names;
  }

  private static JsonNode read(Path file) {
    ObjectMapper mapper =
        file.toString().endsWith(".json")
            ? new ObjectMapper()
            : new ObjectMapper(new YAMLFactory());
    try {
      return mapper.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those that a scrape has. */
  public static Set<String> exposed(String scrape) {
    return Stream.of(scrape.split("\n"))
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceFirst("[{ ].*", ""))
        .collect(toCollection(TreeSet::new));
  }
}
