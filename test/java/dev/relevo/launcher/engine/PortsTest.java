package dev.relevo.launcher.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  @Test
  void areTheDefaultsUnlessSet() {
    assertThat(Ports.from(Map.of("relevo.postgres.port", " 5433 ", "relevo.mysql.port", "")::get))
        .isEqualTo(new Ports(13306, 5433, 13307));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "65536", "x", "3306.5"})
  void mustBePortNumbers(String value) {
    assertThatThrownBy(() -> Ports.from(Map.of("relevo.mariadb.port", value)::get))
        .isInstanceOf(StartupFailure.class)
        .hasMessage(
            "The property relevo.mariadb.port is \"%s\": set it to a port number from 1 to 65535, or to 0 for any free port.",
            value);
  }
}
