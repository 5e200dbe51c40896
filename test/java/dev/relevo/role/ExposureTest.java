package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class ExposureTest {
  private static final String RANDOM = "0123456789abcdef0123456789abcdef";

  private static MockEnvironment reached(Map<String, String> settings) {
    MockEnvironment environment = new MockEnvironment();
    environment.setProperty("server.address", "0.0.0.0");
    environment.setProperty("server.port", "8000");
    environment.setProperty("relevo.service-token", RANDOM);
    environment.setProperty("relevo.operator-token", RANDOM);
    settings.forEach(environment::setProperty);
    return environment;
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "::1"})
  void onOnesOwnMachineNothingIsSaid(String address) {
    MockEnvironment environment = reached(Map.of("relevo.service-token", "x"));
    environment.setProperty("server.address", address);

    assertThat(Exposure.of(Role.MIDDLEWARE, environment)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0.0.0.0", "::", "192.0.2.1"})
  void whereOthersReachItOpenOrdersAreSaid(String address) {
    MockEnvironment environment = reached(Map.of());
    environment.setProperty("server.address", address);

    assertThat(Exposure.of(Role.MIDDLEWARE, environment))
        .singleElement()
        .asString()
        .contains("OPEN TO EVERYBODY", "port 8000", "relevo.api-keys");
  }

  @Test
  void withApiKeysNothingIsSaid() {
    assertThat(Exposure.of(Role.MIDDLEWARE, reached(Map.of("relevo.api-keys", "keys")))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"INVENTORY", "ORDERS", "REPORTS"})
  void whereOthersReachItOpenWritesAreSaid(Role role) {
    assertThat(Exposure.of(role, reached(Map.of())))
        .singleElement()
        .asString()
        .contains("may write", "relevo.http.guard-writes=true");
    assertThat(Exposure.of(role, reached(Map.of("relevo.http.guard-writes", "true")))).isEmpty();
  }

  @Test
  void whatCanBeGuessedIsSaidButNotShown() {
    assertThat(
            Exposure.of(
                Role.WATCHDOG,
                reached(
                    Map.of(
                        "relevo.operator-token",
                        RANDOM + "\nchange-me",
                        "relevo.watchdog.user",
                        "watchdog",
                        "relevo.watchdog.password",
                        "watchdog"))))
        .hasSize(2)
        .anyMatch(said -> said.contains("relevo.operator-token has 9 characters"))
        .anyMatch(said -> said.contains("relevo.watchdog.password has 8 characters"))
        .noneMatch(said -> said.contains("change-me"));
  }
}
