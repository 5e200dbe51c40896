package dev.relevo.role.watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.relevo.role.Role;
import dev.relevo.role.RoleApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The role as it starts, over HTTP, on a simulated pair: who is let in, and what is answered. */
class WatchdogHttpTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private static SimulatedWatchdog watchdog;
  private static String url;

  @BeforeAll
  static void start() {
    watchdog = new SimulatedWatchdog();
    url = watchdog.url();
  }

  @AfterAll
  static void stop() {
    watchdog.close();
  }

  private static HttpResponse<String> send(String method, String path, String token, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(30));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /status",
    "GET, /status/",
    "GET, /events",
    "POST, /switchover",
    "POST, /pause",
    "POST, /resume",
    "POST, /force",
    "POST, /fence-me"
  })
  void isForThoseWithTheToken(String method, String path) throws Exception {
    assertThat(send(method, path, null, null).statusCode()).isEqualTo(401);
    assertThat(send(method, path, "wrong", null).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/pause", "/resume", "/force", "/switchover", "/status"})
  void aNodesTokenOpensNothingButItsFence(String path) throws Exception {
    assertThat(send(path.equals("/status") ? "GET" : "POST", path, "nodes", null).statusCode())
        .isEqualTo(401);
    assertThat(send("POST", "/fence-me", "nodes", "{\"node\":\"c\"}").statusCode())
        .as("let in, and told what is wrong")
        .isEqualTo(422);
  }

  @Test
  void aNodeAsksForItsRole() throws Exception {
    HttpResponse<String> role = send("GET", "/role?node=b&data=running", "nodes", null);
    assertThat(role.statusCode()).isEqualTo(200);
    assertThat(role.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(role.body()).isEqualTo("role=replica\nprovision=none\nprimary=a\nepoch=1\n");
    assertThat(send("GET", "/role?node=b", "nodes", null).statusCode()).isEqualTo(422);
  }

  /** For an answer can keep clients from a node, or count on it no longer. */
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "operators")
  void nobodyElseAsksForARole(String token) throws Exception {
    assertThat(send("GET", "/role?node=b&data=running", token, null).statusCode()).isEqualTo(401);
  }

  @Test
  void whatThePairIsLikeIsForThoseWhoOnlyWantToKnow() throws Exception {
    assertThat(send("GET", "/observe/pair", null, null).statusCode()).isEqualTo(401);
    assertThat(send("GET", "/observe/pair", "nodes", null).statusCode()).isEqualTo(401);
    HttpResponse<String> pair = send("GET", "/observe/pair", "readers", null);
    assertThat(pair.statusCode()).isEqualTo(200);
    assertThat(pair.body()).contains("\"engine\":\"mysql\"", "\"nodes\":[{\"name\":\"a\"");
    await()
        .until(
            () ->
                send("GET", "/observe/pair", "readers", null)
                    .body()
                    .contains("\"router\":{\"reachable\":true,\"leads_to\":[\"a\"]}"));
    assertThat(send("POST", "/observe/pair", "readers", "{}").statusCode()).isEqualTo(405);
    assertThat(send("GET", "/status", "readers", null).statusCode()).isEqualTo(401);
    assertThat(send("POST", "/switchover", "readers", "{\"primary\":\"b\"}").statusCode())
        .isEqualTo(401);
  }

  @Test
  void theLoopRunsByItself() throws Exception {
    await().until(() -> send("GET", "/health", null, null).statusCode() == 200);
    await()
        .until(
            () -> send("GET", "/status", "operators", null).body().contains("\"rule\":\"whole\""));
    HttpResponse<String> events = send("GET", "/events?limit=5", "operators", null);
    assertThat(events.statusCode()).isEqualTo(200);
    assertThat(events.body()).contains("\"items\":[{\"number\":1,");
  }

  @Test
  void anEngineThatIsNoneIsRefused() {
    assertThatThrownBy(
            () ->
                RoleApplication.start(
                    Role.WATCHDOG, Map.of("server.port", 0, "relevo.watchdog.engine", "oracle")))
        .isInstanceOf(RuntimeException.class);
  }
}
