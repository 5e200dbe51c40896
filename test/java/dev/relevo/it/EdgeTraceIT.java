package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the edge makes of a trace, and whom its administrative address lets in: a real nginx. */
class EdgeTraceIT {
  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String OPERATOR = "Bearer " + TestTopology.OPERATOR_TOKEN;

  @TempDir static Path folder;
  private static final BlockingQueue<Headers> ASKED = new LinkedBlockingQueue<>();
  private static HttpServer behind;
  private static Process nginx;
  private static Client edge;
  private static Client admin;
  private static String adminUrl;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Files.isExecutable(NGINX), "nginx isn't installed");
    behind = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    behind.createContext(
        "/",
        http -> {
          try (http) {
            ASKED.add(http.getRequestHeaders());
            http.sendResponseHeaders(204, -1);
          }
        });
    behind.start();
    int edgePort = freePort();
    int adminPort = freePort();
    configure(edgePort, adminPort);
    edge = new Client("http://127.0.0.1:" + edgePort, new Ledger());
    adminUrl = "http://127.0.0.1:" + adminPort;
    admin = new Client(adminUrl, new Ledger());
    nginx =
        new ProcessBuilder(
                NGINX.toString(),
                "-e",
                folder.resolve("error.log").toString(),
                "-g",
                "daemon off;",
                "-c",
                folder.resolve("nginx.conf").toString())
            .inheritIO()
            .start();
    await("nginx answers").atMost(Shop.PATIENCE).until(() -> admin.get("/").status() == 200);
  }

  /** The files are the containers' own; addresses and folders are this machine's. */
  private static void configure(int edgePort, int adminPort) throws IOException {
    Path source = Path.of("compose/nginx");
    Files.createDirectories(folder.resolve("listen.d"));
    Files.createDirectories(folder.resolve("tmp"));
    for (String name :
        List.of("nginx.conf", "admin.conf", "proxy.conf", "problems.conf", "listen.d/http.conf")) {
      String text =
          Files.readString(source.resolve(name))
              .replace("/tmp/", folder + "/tmp/")
              .replace("/etc/nginx/", folder + "/")
              .replace("/dev/stdout", folder.resolve("access.log").toString())
              .replace("/dev/stderr", folder.resolve("error.log").toString())
              .replace("listen 8080", "listen 127.0.0.1:" + edgePort)
              .replace("listen 8090", "listen 127.0.0.1:" + adminPort)
              .replace("listen 127.0.0.1:8081", "listen 127.0.0.1:" + freePort())
              .replaceAll("server middleware-[ab]:\\d+", server(TestTopology.url("middleware")))
              .replaceAll("server (inventory-[ab]|watchdog-[a-z]+):\\d+", server(behindUrl()))
              .replaceAll("server orders-[ab]:\\d+", server(TestTopology.url("orders-a")))
              .replaceAll("server reports-[ab]:\\d+", server(TestTopology.url("reports-a")));
      Files.writeString(folder.resolve(name), text);
    }
  }

  private static String behindUrl() {
    return "http://127.0.0.1:" + behind.getAddress().getPort();
  }

  private static String server(String url) {
    return "server " + url.substring("http://".length());
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (nginx != null) {
      nginx.destroy();
      nginx.waitFor();
      behind.stop(0);
    }
  }

  /** What the part behind was asked with, and how the edge logged it. */
  private record Seen(String traceparent, Headers headers, JsonNode logged) {}

  private static Seen ask(String path, String... headers) throws InterruptedException {
    ASKED.clear();
    assertThat(edge.get("/app1" + path, headers).status()).isEqualTo(204);
    Headers asked = ASKED.poll(Shop.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    JsonNode logged =
        await()
            .atMost(Shop.PATIENCE)
            .until(
                () ->
                    log()
                        .filter(line -> line.path("uri").asText().equals("/app1" + path))
                        .findFirst()
                        .orElse(null),
                line -> line != null);
    return new Seen(asked.getFirst("traceparent"), asked, logged);
  }

  private static Stream<JsonNode> log() {
    try {
      return Files.readAllLines(folder.resolve("access.log")).stream().map(EdgeTraceIT::json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  @Test
  void aTraceBeginsAtTheEdge() throws Exception {
    Seen seen = ask("/begun");

    String id = seen.logged().path("trace_id").asText();
    assertThat(id).matches("[0-9a-f]{32}");
    assertThat(seen.traceparent()).matches("00-" + id + "-[0-9a-f]{16}-00");
    assertThat(seen.headers().getFirst("X-Request-Id")).isEqualTo(id);
  }

  @Test
  void aClientsTraceGoesOnButItDoesNotSayWhatIsRecorded() throws Exception {
    Seen seen =
        ask("/gone-on", "traceparent", "00-" + TRACE + "-" + SPAN + "-01", "tracestate", "a=b");

    assertThat(seen.traceparent()).isEqualTo("00-" + TRACE + "-" + SPAN + "-00");
    assertThat(seen.logged().path("trace_id").asText()).isEqualTo(TRACE);
    assertThat(seen.headers().getFirst("tracestate")).isNull();
  }

  @Test
  void whatIsNoTraceIsNotPassedOn() throws Exception {
    Seen seen = ask("/none", "traceparent", "00-" + "0".repeat(32) + "-" + SPAN + "-01");

    assertThat(seen.traceparent())
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
        .doesNotContain("0".repeat(32));
  }

  @Test
  void everyHawtioIsReachedAtOneAddressAndAsksForTheToken() {
    Answer page = admin.get("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.body())
        .contains("/connect/middleware-a", "/connect/reports-b", "/connect/watchdog-mysql");
    for (String container : List.of("middleware-b", "orders-a", "reports-b")) {
      Answer chosen = admin.get("/connect/" + container);
      assertThat(chosen.status()).isEqualTo(303);
      assertThat(chosen.header("Location")).isEqualTo("/observe/hawtio/");
      assertThat(chosen.header("Set-Cookie")).contains("HttpOnly", "SameSite=Strict");
      String cookie = chosen.header("Set-Cookie").replaceFirst(";.*", "");

      assertThat(admin.get("/observe/hawtio/", "Cookie", cookie).status()).isEqualTo(401);
      assertThat(admin.get("/observe/jolokia", "Cookie", cookie).status()).isEqualTo(401);
      Answer hawtio = admin.get("/observe/hawtio/", "Cookie", cookie, "Authorization", OPERATOR);
      assertThat(hawtio.status()).as(container).isEqualTo(200);
      assertThat(hawtio.body()).contains("<html");
      Answer jolokia =
          admin.post(
              "/observe/jolokia",
              "{\"type\":\"version\"}",
              "Cookie",
              cookie,
              "Authorization",
              OPERATOR,
              "Origin",
              adminUrl);
      assertThat(jolokia.json().path("status").asInt()).as(jolokia.body()).isEqualTo(200);
    }
  }

  @Test
  void theAdministrativePortLeadsToNothingElse() {
    assertThat(admin.get("/observe/hawtio/").header("Location")).isEqualTo("/");
    assertThat(admin.get("/connect/nobody").status()).isEqualTo(404);
    String cookie = "relevo_container=orders-a";
    for (String path :
        List.of("/observe/prometheus", "/observe/health", "/orders", "/sagas", "/observe/pair")) {
      assertThat(admin.get(path, "Cookie", cookie, "Authorization", OPERATOR).status())
          .as(path)
          .isEqualTo(404);
    }
    assertThat(
            admin
                .get("/observe/hawtio/", "Cookie", "relevo_container=127.0.0.1:1")
                .header("Location"))
        .isEqualTo("/");
  }

  @Test
  void participantsWritesAndWhatTheyTellAreNotForTheOutside() {
    assertThat(edge.get("/app2/observe/prometheus", "Authorization", OPERATOR).status())
        .isEqualTo(404);
    assertThat(edge.get("/app3/observe/hawtio/", "Authorization", OPERATOR).status())
        .isEqualTo(404);
    assertThat(edge.get("/sagas").status()).isEqualTo(401);
    assertThat(edge.get("/observe/hawtio/", "Authorization", OPERATOR).status()).isEqualTo(404);
    assertThat(
            edge.send(
                    "POST",
                    "/sagas/00000000-0000-0000-0000-000000000000/retry",
                    BodyPublishers.noBody())
                .status())
        .isEqualTo(401);
  }

  @Test
  void anOrderGoesThroughIt() {
    Answer order = edge.order(Shop.newProduct(10), 1);

    assertThat(order.status()).as(order.toString()).isEqualTo(200);
    await()
        .atMost(Shop.PATIENCE)
        .until(
            () ->
                log()
                    .anyMatch(
                        line ->
                            line.path("saga_id").asText().equals(order.header("Saga-Id"))
                                && line.path("status").asInt() == 200));
  }
}
