package dev.relevo.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scrape configuration and the alert rules, by Prometheus' own tool. */
@Timeout(300)
class PrometheusRulesTest {

  @BeforeAll
  static void promtoolIsThere() throws Exception {
    assumeTrue(isInstalled(), "promtool isn't installed (Debian: it is part of prometheus)");
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return run("--version").exit() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private record Said(int exit, String text) {}

  private static Said run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(MetricNames.FOLDER.toFile())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), text);
  }

  @Test
  void theConfigurationIsOne() throws Exception {
    Said said = run("check", "config", "--syntax-only", "prometheus.yml");
    assertThat(said.exit()).as(said.text()).isZero();
  }

  @Test
  void theRulesAreRules() throws Exception {
    Said said = run("check", "rules", "rules-slo.yml", "rules-parts.yml");
    assertThat(said.exit()).as(said.text()).isZero();
  }

  @Test
  void theyAlertWhenTheyShouldAndNotOtherwise() throws Exception {
    Said said = run("test", "rules", "rules.test.yml");
    assertThat(said.exit()).as(said.text()).isZero();
    assertThat(said.text()).contains("SUCCESS");
  }
}
