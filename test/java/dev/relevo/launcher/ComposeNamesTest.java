package dev.relevo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.yaml.snakeyaml.Yaml;

/** What the containers of a role are told apart by, on the console page and in traces. */
class ComposeNamesTest {

  @Test
  void everyRolesContainerIsCalledLikeItsService() throws IOException {
    Map<String, Map<String, Object>> services = services();
    assertThat(services.values().stream().filter(s -> "relevo".equals(s.get("image")))).hasSize(11);
    services.forEach(
        (name, service) -> {
          if ("relevo".equals(service.get("image"))) {
            assertThat(applicationName(service)).isEqualTo(name);
          }
        });
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Map<String, Object>> services() throws IOException {
    Map<String, Object> compose =
        new Yaml().load(Files.readString(Path.of("compose/compose.yaml")));
    return (Map<String, Map<String, Object>>) compose.get("services");
  }

  /** As the role reads it: Docker names the host in the environment, compose halves a double $. */
  private static String applicationName(Map<String, Object> service) {
    Map<?, ?> variables = (Map<?, ?>) service.get("environment");
    String value = ((String) variables.get("SPRING_APPLICATION_NAME")).replace("$$", "$");
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                "container",
                Map.of("HOSTNAME", service.get("hostname"), "SPRING_APPLICATION_NAME", value)));
    return environment.getProperty("spring.application.name");
  }
}
