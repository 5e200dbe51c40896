package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.it.Client.Answer;
import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;

/** The edge, as compose/nginx has it, in front of two middlewares and the applications. */
class EdgeIT {
  private static final String TOKEN = "Bearer " + TestTopology.SERVICE_TOKEN;

  @TempDir static Path folder;

  private static Instance inventory;
  private static Instance second;
  private static FaultProxy a;
  private static FaultProxy b;
  private static FaultProxy stock;
  private static Nginx nginx;
  private static int product;
  private static final Ledger LEDGER = new Ledger();
  private static Client client;

  @BeforeAll
  static void start() throws IOException {
    Assumptions.assumeTrue(
        Nginx.isInstalled(),
        "nginx isn't installed (apt-get install nginx-light), so nothing is tried here");
    product = Shop.newProduct(10_000);
    inventory =
        TestTopology.start(
            "inventory-behind-the-edge",
            Role.INVENTORY,
            TestEngines.all().inventory(),
            Map.of("relevo.http.guard-writes", "true"));
    second =
        TestTopology.start(
            "middleware-b", Role.MIDDLEWARE, TestEngines.all().saga(), participants());
    a = new FaultProxy(() -> TestTopology.instance("middleware").port());
    b = new FaultProxy(second::port);
    stock = new FaultProxy(inventory::port);
    Map<String, Integer> behind = new HashMap<>();
    behind.put("middleware-a:8000", portOf(a.url()));
    behind.put("middleware-b:8000", portOf(b.url()));
    behind.put("inventory-a:8001", portOf(stock.url()));
    behind.put("inventory-b:8001", portOf(stock.url()));
    for (String letter : List.of("a", "b")) {
      behind.put("orders-" + letter + ":8002", TestTopology.instance("orders-" + letter).port());
      behind.put("reports-" + letter + ":8003", TestTopology.instance("reports-" + letter).port());
    }
    nginx = new Nginx(Files.createDirectory(folder.resolve("edge")), behind);
    client = new Client(nginx.url(), LEDGER);
    Shop.awaitBreakersClosed(client, product);
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable part : new AutoCloseable[] {nginx, a, b, stock, second, inventory}) {
      if (part != null) {
        try {
          part.close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  @AfterEach
  void heal() {
    a.release();
    b.release();
    stock.release();
  }

  private static Map<String, String> participants() {
    Map<String, String> urls = new HashMap<>();
    for (String participant : ProxiedMiddleware.PARTICIPANTS) {
      for (String letter : List.of("a", "b")) {
        urls.put(participant + ".url." + letter, TestTopology.url(participant + "-" + letter));
      }
    }
    return urls;
  }

  private static int portOf(String url) {
    return URI.create(url).getPort();
  }

  private static String orderJson() {
    return "{\"product_id\":%d,\"qty\":1}".formatted(product);
  }

  /** Requests that reach the part behind that proxy, which answers them as ever. */
  private static List<HttpMessage> seen(FaultProxy... proxies) {
    List<HttpMessage> seen = new CopyOnWriteArrayList<>();
    for (FaultProxy proxy : proxies) {
      proxy.inject(Fault.HOLD, request -> !seen.add(request));
    }
    return seen;
  }

  private static int ordersWithKey(String key) {
    return Databases.query(
            Databases.ofTopology().saga(),
            row -> row.getInt(1),
            "SELECT count(*) FROM saga WHERE key_value = ?",
            key)
        .get(0);
  }

  // what is looked at

  /**
   * The page's questions go to both in turn. Their counts differ, and what is added up is what each
   * has more of than it had itself.
   */
  @Test
  void theConsoleTellsTheMiddlewaresApart() {
    Client first = new Client(TestTopology.url("middleware"), LEDGER);
    for (int i = 0; i < 20; i++) {
      assertThat(first.order(product, 1).status()).isEqualTo(200);
    }
    try (Browser browser = Browser.open(1280, 2000)) {
      browser.go(nginx.url() + "/");
      browser.awaitText(By.id("live"), "live: middleware, middleware-b, through the edge");
      assertThat(browser.text(By.id("total-200"))).isEqualTo("0");
      assertThat(browser.text(By.id("edge"))).contains("nginx");
      assertThat((Boolean) browser.run("return document.getElementById('hawtio').hidden")).isTrue();

      for (int i = 0; i < 5; i++) {
        assertThat(client.order(product, 1).status()).isEqualTo(200);
      }

      browser.await(
          "five orders are counted",
          page -> page.findElement(By.id("total-200")).getText().equals("5"));
      browser.awaitText(By.id("instance-middleware-b"), "answers");
      browser.picture("console-edge");
      browser.await(
          "no order is made in the meantime",
          page -> page.findElement(By.id("rate-200")).getText().equals("0.0"));
      assertThat(browser.text(By.id("total-200"))).isEqualTo("5");
    }
  }

  @Test
  void swaggerOfAnApplicationAsksTheApplication() {
    try (Browser browser = Browser.open(1280, 2000)) {
      browser.go(nginx.url() + "/app1/docs");
      String operation = "#operations-products-listProducts";
      browser.click(By.cssSelector(operation + " .opblock-summary-control"));
      browser.click(By.cssSelector(operation + " .try-out__btn"));
      browser.click(By.cssSelector(operation + " .execute"));
      browser.awaitText(By.cssSelector(operation + " .live-responses-table"), "\"stock\"");
      browser.awaitText(By.cssSelector(operation + " .request-url"), "/app1/products");
    }
  }

  // what comes in

  @Test
  void nobodyOutsideSpeaksForASaga() {
    List<HttpMessage> seen = seen(a, b, stock);
    for (String path : List.of("/orders", "/app1/products")) {
      Answer answer =
          client.get(
              path,
              "Long-Running-Action",
              "evil",
              "Relevo-Saga-Id",
              "evil",
              "relevo-saga-step",
              "evil",
              "Relevo-Deadline",
              "evil",
              "Relevo_Saga_Id",
              "evil",
              "X-Request-Id",
              "evil");
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    assertThat(seen).hasSize(2);
    for (HttpMessage request : seen) {
      assertThat(request.head().toLowerCase())
          .doesNotContain("evil", "long-running-action", "relevo", "idempotency-key");
      assertThat(request.header("X-Request-Id")).matches("[0-9a-f]{32}");
      assertThat(request.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
    }
  }

  /** Even the service credential makes no step of a saga of a request from outside. */
  @Test
  void theServiceCredentialWritesAsAClientDoes() {
    String saga = UUID.randomUUID().toString();
    Answer taken =
        client.post(
            "/app1/products/" + product + "/decrement",
            "{\"qty\":1}",
            "Authorization",
            TOKEN,
            "Relevo-Saga-Id",
            saga,
            "Relevo-Saga-Step",
            "take-stock/1/action");

    assertThat(taken.status()).as(taken.toString()).isEqualTo(200);
    assertThat(
            Databases.query(
                Databases.ofTopology().inventory(),
                row -> row.getInt(1),
                "SELECT count(*) FROM stock_movement WHERE saga_id = ?",
                saga))
        .containsExactly(0);
  }

  @Test
  void whoSendsNoKeyGetsOne() {
    List<HttpMessage> seen = seen(a, b);

    Answer order = client.post("/orders", orderJson());

    assertThat(order.status()).as(order.toString()).isEqualTo(200);
    assertThat(order.header("Idempotency-Key"))
        .matches("[0-9a-f]{32}")
        .isEqualTo(seen.get(0).header("Idempotency-Key"));
  }

  @Test
  void aKeyThatIsSentStays() {
    String key = "order 17/" + UUID.randomUUID();

    Answer first = client.order(key, product, 1);
    Answer again = client.order(key, product, 1);

    assertThat(first.status()).as(first.toString()).isEqualTo(200);
    assertThat(first.header("Idempotency-Key")).isEqualTo(key);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
  }

  @Test
  void readsOfAnApplicationAreOpenAndWritesNeedTheServiceCredential() {
    String pen = "{\"name\":\"Pen\",\"stock\":0}";

    assertThat(client.get("/app1/products/" + product).status()).isEqualTo(200);
    assertThat(client.get("/app2/orders").status()).isEqualTo(200);
    assertThat(client.get("/app3/reports").status()).isEqualTo(200);
    assertProblem(client.post("/app1/products", pen), 401, "urn:relevo:problem:unauthorized");
    assertProblem(
        client.post("/app1/products", pen, "Authorization", "Bearer x"),
        401,
        "urn:relevo:problem:unauthorized");
    assertThat(client.post("/app1/products", pen, "Authorization", TOKEN).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/observe",
        "/observe/hawtio/",
        "/observe/jolokia",
        "/observe/prometheus",
        "/observe/health/operator",
        "/%6fbserve/hawtio/",
        "//observe/hawtio/",
        "/x/../observe/hawtio/",
        "/;x/observe/hawtio/",
        "/%3bx/observe/hawtio/",
        "/observe;x/hawtio/",
        "/app1/observe",
        "/app1/observe/health",
        "/app2/observe/prometheus",
        "/app3//observe/health",
        "/app1/%6fbserve/health",
        "/app1/products/../observe/health",
        "/app1/observe;a=b/health",
        "/app1/;a=b/observe/health"
      })
  void whatAPartTellsAboutItselfStaysInside(String path) {
    assertProblem(client.get(path), 404, "urn:relevo:problem:no-such-resource");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/observe/health", "/observe/health/live", "/observe/health/ready"})
  void probesFromOutsideLearnWhetherItIsWell(String path) {
    assertThat(client.get(path).status()).isEqualTo(200);
  }

  // what is refused

  @Test
  void aBodyOfExactlyTheLimitIsTakenAndALargerOneIsNot() {
    String body = orderJson().replace("}", " ".repeat(65_536 - orderJson().length()) + "}");

    assertThat(client.post("/orders", body).status()).isEqualTo(200);
    assertProblem(client.post("/orders", body + " "), 413, "urn:relevo:problem:payload-too-large");
    assertProblem(
        client.send(
            "POST",
            "/orders",
            HttpRequest.BodyPublishers.ofInputStream(
                () ->
                    new ByteArrayInputStream(
                        (body + " ".repeat(100_000)).getBytes(StandardCharsets.US_ASCII))),
            "Content-Type",
            "application/json"),
        413,
        "urn:relevo:problem:payload-too-large");
  }

  @ParameterizedTest
  @CsvSource({
    "GARBAGE|Host: a, 400",
    "GET /orders HTTP/1.1|Bad Header: x|Host: a, 400",
    "TRACE /orders HTTP/1.1|Host: a, 405",
    "GET /orders HTTP/9.9|Host: a, 505",
    "POST /orders HTTP/1.1|Host: a|Content-Length: 70000, 413",
    "GET /x%zz HTTP/1.1|Host: a, 400",
    "GET /orders HTTP/1.1, 400",
    "GET /LONG HTTP/1.1|Host: a, 414",
    "GET /orders HTTP/1.1|Host: a|X: LONG, 431"
  })
  void whatTheEdgeCanNotReadIsAProblem(String lines, int status) throws IOException {
    String request = lines.replace("LONG", "x".repeat(40_000)).replace("|", "\r\n") + "\r\n\r\n";
    HttpMessage answer;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nginx.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      answer = HttpMessage.readAnswer(socket.getInputStream());
    }

    assertThat(answer.status()).as(answer.head()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.text()).contains("\"type\":", "\"title\":", "\"status\":" + status);
    assertThat(answer.header("Server")).as("says no version").isEqualTo("nginx");
  }

  @Test
  void whatAPartBehindSaysIsNotTouched() {
    Answer unknown = client.get("/orders/999999999");
    Answer none = client.get("/nothing");

    assertProblem(unknown, 404, "urn:relevo:problem:not-found");
    assertProblem(none, 404, "urn:relevo:problem:no-such-resource");
    assertThat(none.json().path("detail").asText()).contains("/nothing");
  }

  // when a part is away

  /** The middleware takes the order and dies before it answers. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anOrderThatWasSentIsTriedOnTheOtherMiddlewareWithItsKey(boolean ownKey) {
    int before = Shop.stock(product);
    List<String> keys = new CopyOnWriteArrayList<>();
    a.inject(
        Fault.CUT_BEFORE_ANSWER,
        request -> keys.add(String.valueOf(request.header("Idempotency-Key"))));
    int orders = 0;
    Answer order;
    do {
      order =
          ownKey
              ? client.order(UUID.randomUUID().toString(), product, 1)
              : client.post("/orders", orderJson());
      assertThat(order.status()).as(order.toString()).isEqualTo(200);
      orders++;
    } while (a.struck() == 0 && orders < 20);

    assertThat(keys).as("orders that A took").isNotEmpty();
    assertThat(order.header("Idempotency-Key")).isEqualTo(keys.get(keys.size() - 1));
    assertThat(ordersWithKey(order.header("Idempotency-Key"))).isEqualTo(1);
    assertThat(Shop.stock(product)).isEqualTo(before - orders);
  }

  @Test
  void anOrderIsTriedOnTheOtherMiddlewareWhenOneDoesNotAnswer() {
    int before = Shop.stock(product);
    a.inject(Fault.SWALLOW_ANSWER);
    int orders = 0;
    Answer order;
    do {
      order = client.order(UUID.randomUUID().toString(), product, 1);
      assertThat(order.status()).as(order.toString()).isEqualTo(200);
      orders++;
    } while (a.struck() == 0 && orders < 20);

    assertThat(order.took().toSeconds()).isGreaterThanOrEqualTo(Nginx.READ_TIMEOUT);
    assertThat(order.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(Shop.stock(product)).isEqualTo(before - orders);
  }

  /** A no is an answer. */
  @Test
  void whatWasRefusedIsNotTriedAgain() {
    a.inject(Fault.REFUSE_INSTEAD);
    b.inject(Fault.REFUSE_INSTEAD);

    assertThat(client.post("/orders", orderJson()).status()).isEqualTo(409);

    assertThat(a.struck() + b.struck()).isEqualTo(1);
  }

  @Test
  void anApplicationIsAskedAgainWhereItsTwinHasADatabase() {
    int before = Shop.stock(product);
    stock.inject(Fault.BE_AWAY_AFTER, request -> stock.struck() == 0);
    assertThat(client.get("/app1/products/" + product).status()).isEqualTo(200);
    assertThat(stock.struck()).isEqualTo(1);

    stock.inject(Fault.BE_AWAY_AFTER, request -> stock.struck() == 0);
    Answer taken =
        client.post(
            "/app1/products/" + product + "/decrement", "{\"qty\":1}", "Authorization", TOKEN);
    assertThat(taken.status()).as(taken.toString()).isEqualTo(200);
    assertThat(stock.struck()).isEqualTo(1);
    assertThat(Shop.stock(product)).isEqualTo(before - 1);

    stock.inject(Fault.BE_AWAY_AFTER);
    assertProblem(client.get("/app1/products/" + product), 503, "urn:relevo:problem:unavailable");
    assertThat(stock.struck()).isEqualTo(2);
  }

  @Test
  void whenNobodyAnswersInTimeThatIsAProblem() {
    a.inject(Fault.SWALLOW_ANSWER);
    b.inject(Fault.SWALLOW_ANSWER);

    Answer none = client.get("/orders?limit=3");

    assertProblem(none, 504, "about:blank");
    assertThat(none.header("Retry-After")).isEqualTo("1");
    assertThat(a.struck()).isEqualTo(1);
    assertThat(b.struck()).isEqualTo(1);
  }

  @Test
  void whenNobodyIsThereThatIsAProblem() throws IOException {
    Map<String, Integer> nobody = new HashMap<>();
    int closed = Nginx.freePort();
    for (String name :
        List.of(
            "middleware-a:8000",
            "middleware-b:8000",
            "inventory-a:8001",
            "inventory-b:8001",
            "orders-a:8002",
            "orders-b:8002",
            "reports-a:8003",
            "reports-b:8003")) {
      nobody.put(name, closed);
    }
    try (Nginx alone = new Nginx(Files.createDirectory(folder.resolve("alone")), nobody)) {
      Client lonely = new Client(alone.url(), new Ledger());
      for (Answer answer :
          List.of(lonely.post("/orders", orderJson()), lonely.get("/app1/products"))) {
        assertProblem(answer, 502, "about:blank");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
      }
    }
  }

  // the log

  @Test
  void theLogTellsWhatARequestCameTo() {
    List<HttpMessage> seen = seen(a, b);
    String mark = "mark=" + UUID.randomUUID();

    Answer order = client.post("/orders?" + mark, orderJson());

    assertThat(order.status()).as(order.toString()).isEqualTo(200);
    JsonNode line = nginx.logged(mark);
    assertThat(line.path("trace_id").asText()).isEqualTo(seen.get(0).header("X-Request-Id"));
    assertThat(line.path("saga_id").asText()).isNotEmpty().isEqualTo(order.header("Saga-Id"));
    assertThat(line.path("method").asText()).isEqualTo("POST");
    assertThat(line.path("status").asInt()).isEqualTo(200);
    assertThat(line.path("upstream_status").asText()).isEqualTo("200");
    assertThat(line.path("upstream").asText()).startsWith("127.0.0.1:");
    assertThat(line.path("upstream_seconds").asDouble()).isPositive();
    assertThat(line.path("seconds").asDouble()).isPositive();
    assertThat(line.path("bytes").asInt()).isEqualTo(order.body().length());
  }

  @Test
  void theLogIsJsonWhateverIsAskedFor() throws IOException {
    String mark = "strange=" + UUID.randomUUID();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nginx.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /health?\"\\&" + mark + " HTTP/1.1\r\nHost: a\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(HttpMessage.readAnswer(socket.getInputStream())).isNotNull();
    }

    assertThat(nginx.logged(mark).path("uri").asText()).startsWith("/health?\"\\");
  }

  @Test
  void theLogTellsOfASecondTry() {
    a.inject(Fault.CUT_BEFORE_ANSWER);
    String mark = null;
    for (int i = 0; i < 20 && a.struck() == 0; i++) {
      mark = "second=" + UUID.randomUUID();
      assertThat(client.get("/health?" + mark).status()).isEqualTo(200);
    }

    JsonNode line = nginx.logged(mark);
    assertThat(line.path("upstream").asText())
        .isEqualTo("127.0.0.1:%d, 127.0.0.1:%d".formatted(portOf(a.url()), portOf(b.url())));
    assertThat(line.path("upstream_status").asText()).isEqualTo("502, 200");
  }

  // TLS

  @Test
  void theSameIsThereWithTls() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream certificate = Files.newInputStream(nginx.certificate())) {
      trusted.setCertificateEntry(
          "edge", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    List<HttpMessage> seen = seen(a, b);

    HttpResponse<String> order =
        HttpClient.newBuilder()
            .sslContext(tls)
            .build()
            .send(
                HttpRequest.newBuilder(URI.create(nginx.tlsUrl() + "/orders"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(orderJson()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

    assertThat(order.statusCode()).as(order.body()).isEqualTo(200);
    assertThat(seen.get(0).header("X-Forwarded-Proto")).isEqualTo("https");
    assertThat(order.sslSession().orElseThrow().getProtocol()).isIn("TLSv1.2", "TLSv1.3");
  }

  private static void assertProblem(Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().path("type").asText()).isEqualTo(type);
    assertThat(answer.json().path("status").asInt()).isEqualTo(status);
  }
}
