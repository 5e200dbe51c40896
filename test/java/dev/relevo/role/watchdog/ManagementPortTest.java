package dev.relevo.role.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A watchdog's second port, which others than its pair reach: what is there, and for whom. */
class ManagementPortTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private static SimulatedWatchdog watchdog;

  @BeforeAll
  static void start() {
    watchdog = SimulatedWatchdog.withManagementPort();
  }

  @AfterAll
  static void stop() {
    watchdog.close();
  }

  private static HttpResponse<String> send(
      String base, String method, String path, String token, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static int get(String path, String token) throws Exception {
    return send(watchdog.managementUrl(), "GET", path, token, "").statusCode();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/observe/hawtio/",
        "/observe/jolokia",
        "/observe/prometheus",
        "/observe/pair",
        "/observe/health/operator",
        "/observe/health;/../jolokia",
        "/;x/observe/hawtio/"
      })
  void whoHasNoTokenGetsNothing(String path) throws Exception {
    assertThat(get(path, null)).isBetween(400, 404);
    assertThat(get(path, "wrong")).isBetween(400, 404);
    assertThat(get(path, SimulatedWatchdog.NODES)).isBetween(400, 404);
  }

  @Test
  void operatorsGetHawtioWithTheWatchdogsRoutes() throws Exception {
    assertThat(get("/observe/hawtio/", SimulatedWatchdog.OPERATORS)).isEqualTo(200);
    HttpResponse<String> routes =
        send(
            watchdog.managementUrl(),
            "POST",
            "/observe/jolokia",
            SimulatedWatchdog.OPERATORS,
            "{\"type\":\"search\",\"mbean\":\"org.apache.camel:type=routes,*\"}");
    assertThat(routes.body()).contains("watch-pair");
  }

  @ParameterizedTest
  @CsvSource({
    "/observe/pair, 200",
    "/observe/prometheus, 200",
    "/observe/jolokia, 401",
    "/observe/hawtio/, 401"
  })
  void readersSeeThePairAndTheMetrics(String path, int status) throws Exception {
    assertThat(get(path, SimulatedWatchdog.READERS)).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/observe/health", "/observe/health/live"})
  void itsBareHealthIsForAll(String path) throws Exception {
    assertThat(get(path, null)).isEqualTo(200);
  }

  @Test
  void eachPortHasItsOwn() throws Exception {
    assertThat(get("/status", SimulatedWatchdog.OPERATORS)).isEqualTo(404);
    assertThat(get("/role?node=a&data=running", SimulatedWatchdog.NODES)).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/observe/hawtio/",
        "/observe/hawtio/index.html",
        "/observe/hawtio/static/js/",
        "/observe/jolokia",
        "/observe/prometheus",
        "/observe/pair",
        "/observe/health"
      })
  void theFirstPortTellsNothingOfThat(String path) throws Exception {
    HttpResponse<String> answer = send(watchdog.url(), "GET", path, null, "");
    assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 404);
  }
}
