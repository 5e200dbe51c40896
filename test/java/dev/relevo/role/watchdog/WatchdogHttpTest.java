package dev.relevo.role.watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.relevo.failover.Engine;
import dev.relevo.failover.RecordStore;
import dev.relevo.failover.Router;
import dev.relevo.failover.SimulatedPair;
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
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The role as it starts, over HTTP, on a simulated pair: who is let in, and what is answered. */
class WatchdogHttpTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private static ConfigurableApplicationContext context;
  private static String url;

  @Configuration(proxyBeanMethods = false)
  static class OnASimulatedPair {
    private final SimulatedPair pair = new SimulatedPair();

    @Bean(destroyMethod = "")
    Engine engine() {
      return pair.engine();
    }

    @Bean
    Router router() {
      return pair.router();
    }

    @Bean
    RecordStore recordStore() {
      return pair.store();
    }
  }

  @BeforeAll
  static void start() {
    context =
        new SpringApplicationBuilder(
                RoleApplication.class, WatchdogConfiguration.class, OnASimulatedPair.class)
            .properties(
                "spring.config.name=relevo",
                "spring.config.location=classpath:relevo.yaml,classpath:watchdogs/application.yaml",
                "relevo.role=watchdog",
                "relevo.watchdog.engine=mysql",
                "relevo.http.contract=classpath:watchdogs/openapi.yaml")
            .run(
                "--server.port=0",
                "--spring.main.allow-bean-definition-overriding=true",
                "--relevo.operator-token=operators",
                "--relevo.watchdog.node-token=nodes");
    url = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  @AfterAll
  static void stop() {
    context.close();
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
