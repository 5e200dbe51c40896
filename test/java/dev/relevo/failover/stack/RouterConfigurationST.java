package dev.relevo.failover.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HAProxy itself says to its configurations. */
class RouterConfigurationST {
  private final Stack stack = new Stack("relevo-haproxy-check", "10.193", List.of(), Map.of());

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "postgresql", "mysql"})
  void isValid(String engine) {
    stack.makeSecrets();
    stack.compose("build", "--quiet", "haproxy-mariadb");
    String said =
        stack.compose(
            "run", "--rm", "--no-deps", "haproxy-" + engine, "/etc/haproxy/haproxy.cfg", "-c");
    stack.remove();
    assertThat(said).doesNotContain("WARNING", "ALERT");
  }
}
