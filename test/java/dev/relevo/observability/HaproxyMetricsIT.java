package dev.relevo.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routers, as they are configured, expose what the rules and the dashboard ask for. */
class HaproxyMetricsIT {
  @TempDir private Path folder;

  @Test
  void everyNameThatIsAskedForIsExposed() throws Exception {
    assumeTrue(
        Stream.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy")
            .anyMatch(binary -> Files.isExecutable(Path.of(binary))),
        "haproxy isn't installed");
    int port = freePort();
    Path configuration = folder.resolve("haproxy.cfg");
    Files.writeString(
        configuration,
        Files.readString(Path.of("haproxy/mysql.cfg"))
            .replace("/run/relevo/router", folder.toString())
            .replace("bind :3306", "bind 127.0.0.1:" + freePort()));
    ProcessBuilder haproxy =
        new ProcessBuilder("haproxy", "-db", "-f", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    haproxy.environment().put("RELEVO_NODE_A", "127.0.0.1:1");
    haproxy.environment().put("RELEVO_NODE_B", "127.0.0.1:2");
    haproxy.environment().put("RELEVO_STATISTICS", "127.0.0.1:" + port);
    Process process = haproxy.start();
    try {
      URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
      String scrape =
          await()
              .atMost(Duration.ofSeconds(30))
              .ignoreException(IOException.class)
              .until(() -> get(metrics), text -> !text.isEmpty());

      assertThat(MetricNames.asked("haproxy_")).isNotEmpty();
      assertThat(MetricNames.exposed(scrape)).containsAll(MetricNames.asked("haproxy_"));
      assertThat(scrape)
          .contains(
              "haproxy_backend_active_servers{proxy=\"nodes\"} 0",
              "haproxy_server_current_sessions{proxy=\"nodes\",server=\"a\"}");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private static String get(URI address) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
        .body();
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }
}
