package dev.relevo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.launcher.engine.Ports;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;

/** Holds {@code docs/configuration.md} to what there is to be set. */
class ConfigurationPageTest {
  private static final Pattern OURS =
      Pattern.compile("relevo\\..*|(inventory|orders|reports)\\.url\\.[ab]");

  private final Map<String, Row> page = page();

  ConfigurationPageTest() throws IOException {}

  private record Row(String what, String unit, String preset, String bounds) {}

  @Test
  void itNamesEverySettingAndNoOther() throws IOException {
    Set<String> settings = new TreeSet<>(presets().keySet());
    settings.addAll(metadata().keySet());
    settings.addAll(named("src/main/java", Pattern.compile("@Value\\(\"\\$\\{([a-z.-]+)")));
    settings.addAll(named("routes", Pattern.compile("\\{\\{([a-z.-]+)}}")));
    settings.addAll(named("apps", Pattern.compile("\\{\\{([a-z.-]+)}}")));
    settings.addAll(named("watchdogs", Pattern.compile("\\{\\{([a-z.-]+)}}")));
    Pattern.compile("--(relevo\\.[a-z.-]+)=")
        .matcher(CommandLine.HELP)
        .results()
        .forEach(match -> settings.add(match.group(1)));
    settings.removeIf(name -> !OURS.matcher(name).matches());

    assertThat(settings).hasSizeGreaterThan(50);
    assertThat(page.keySet()).isEqualTo(settings);
  }

  @Test
  void itSaysWhatEachIsAndInWhichUnit() {
    page.forEach(
        (name, row) -> {
          assertThat(row.what()).as(name).hasSizeGreaterThan(10);
          assertThat(row.unit()).as(name).isNotBlank();
          assertThat(row.bounds()).as(name).isNotBlank();
        });
  }

  @Test
  void itsDefaultsAreTheDefaults() throws IOException {
    Map<String, String> presets = presets();
    metadata()
        .forEach(
            (name, property) ->
                presets.putIfAbsent(name, property.path("defaultValue").asText("–")));
    page.forEach(
        (name, row) -> {
          String preset = presets.getOrDefault(name, "–");
          boolean derived = preset.isEmpty() || preset.contains("${");
          assertThat(row.preset()).as(name).isEqualTo(derived ? "–" : preset);
        });
  }

  @Test
  void itsBoundsAreTheOnesThatAreChecked() throws Exception {
    int checked = 0;
    for (Map.Entry<String, JsonNode> property : metadata().entrySet()) {
      String name = property.getKey();
      Field field =
          Class.forName(property.getValue().path("sourceType").asText())
              .getDeclaredField(camelCase(name.substring(name.lastIndexOf('.') + 1)));
      String bounds = page.get(name).bounds();
      List<Object> stated = new ArrayList<>();
      List<Object> real = new ArrayList<>();
      if (field.isAnnotationPresent(Min.class)) {
        real.add(field.getAnnotation(Min.class).value());
        real.add(field.getAnnotation(Max.class).value());
        Stream.of(bounds.split(" to ")).map(Long::valueOf).forEach(stated::add);
      } else if (field.isAnnotationPresent(DurationMin.class)) {
        real.add(duration(field.getAnnotation(DurationMin.class)));
        DurationMax most = field.getAnnotation(DurationMax.class);
        if (most != null) {
          real.add(duration(most));
        }
        Stream.of(bounds.replaceFirst("( or more|, ).*", "").split(" to "))
            .map(DurationStyle::detectAndParse)
            .forEach(stated::add);
      } else {
        continue;
      }
      checked++;
      assertThat(stated).as(name).isEqualTo(real);
    }
    assertThat(checked).isGreaterThan(15);
  }

  private static Map<String, Row> page() throws IOException {
    Map<String, Row> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
      String[] cells = line.split("\\|");
      if (cells.length == 6 && cells[1].strip().matches("`[a-z.-]+`")) {
        Row row =
            new Row(
                cells[2].strip(),
                cells[3].strip(),
                cells[4].strip().replace("`", ""),
                cells[5].strip());
        assertThat(rows.put(cells[1].strip().replace("`", ""), row)).as(line).isNull();
      }
    }
    return rows;
  }

  /** What the settings files and the launcher set. */
  private static Map<String, String> presets() throws IOException {
    Map<String, String> presets = new TreeMap<>();
    for (String file :
        List.of(
            "src/main/resources/relevo.yaml",
            "routes/application.yaml",
            "apps/participant.yaml",
            "apps/inventory/application.yaml",
            "apps/orders/application.yaml",
            "apps/reports/application.yaml",
            "watchdogs/application.yaml")) {
      for (PropertySource<?> source :
          new YamlPropertySourceLoader().load(file, new FileSystemResource(file))) {
        for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
          if (OURS.matcher(name).matches()) {
            presets.put(name, String.valueOf(source.getProperty(name)));
          }
        }
      }
    }
    TopologyPorts.from(property -> null)
        .byInstance()
        .forEach((name, port) -> presets.put("relevo." + name + ".port", port.toString()));
    presets.put("relevo.mariadb.port", Integer.toString(Ports.DEFAULT.mariadb()));
    presets.put("relevo.postgres.port", Integer.toString(Ports.DEFAULT.postgres()));
    presets.put("relevo.mysql.port", Integer.toString(Ports.DEFAULT.mysql()));
    presets.put("relevo.data", "./data");
    presets.put("relevo.secrets", "/run/secrets");
    return presets;
  }

  /** The settings that are bound to records, from the description that the compiler makes. */
  private static Map<String, JsonNode> metadata() throws IOException {
    Map<String, JsonNode> properties = new TreeMap<>();
    try (InputStream json =
        ConfigurationPageTest.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      new JsonMapper()
          .readTree(json)
          .path("properties")
          .forEach(property -> properties.put(property.path("name").asText(), property));
    }
    properties.keySet().removeIf(name -> !OURS.matcher(name).matches());
    return properties;
  }

  private static Set<String> named(String folder, Pattern pattern) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> paths = Files.walk(Path.of(folder))) {
      for (Path path : paths.filter(p -> p.toString().matches(".*\\.(java|yaml)")).toList()) {
        pattern
            .matcher(Files.readString(path))
            .results()
            .map((MatchResult match) -> match.group(1))
            .forEach(names::add);
      }
    }
    assertThat(names).as(folder).isNotEmpty();
    return names;
  }

  private static Duration duration(DurationMin least) {
    return Duration.ofDays(least.days())
        .plusHours(least.hours())
        .plusMinutes(least.minutes())
        .plusSeconds(least.seconds())
        .plusMillis(least.millis());
  }

  private static Duration duration(DurationMax most) {
    return Duration.ofDays(most.days())
        .plusHours(most.hours())
        .plusMinutes(most.minutes())
        .plusSeconds(most.seconds())
        .plusMillis(most.millis());
  }

  private static String camelCase(String kebab) {
    return Pattern.compile("-([a-z])").matcher(kebab).replaceAll(m -> m.group(1).toUpperCase());
  }
}
