package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;

/** What operators see of Camel is seen by nobody else, and shows without being dangerous. */
class ManagementIT {
  private static final String TRACER =
      "org.apache.camel:context=middleware,type=tracer,name=BacklogTracer";

  private final Client middleware = new Client(TestTopology.url("middleware"), new Ledger());

  @AfterEach
  void traceNoMore() {
    exec("{'type':'write','mbean':'%s','attribute':'Enabled','value':false}".formatted(TRACER));
    exec("{'type':'exec','mbean':'%s','operation':'clear'}".formatted(TRACER));
  }

  private Answer exec(String request) {
    return middleware.post(
        "/observe/jolokia", request.replace('\'', '"'), "Authorization", operator());
  }

  private static String operator() {
    return basic(TestTopology.OPERATOR_TOKEN);
  }

  private static String basic(String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(("operator:" + password).getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/observe",
        "/observe/",
        "/observe/hawtio",
        "/observe/hawtio/",
        "/observe/hawtio/index.html",
        "/observe/hawtio/plugin",
        "/observe/hawtio/proxy/http/127.0.0.1/80/",
        "/observe/hawtio;x=/observe/health",
        "/observe/health/../jolokia",
        "/observe/health/..;/jolokia",
        "/observe/health;/../jolokia",
        "/observe//jolokia",
        "/%6fbserve/jolokia",
        "/observe/jolokia",
        "/observe/jolokia/",
        "/observe/jolokia/list",
        "/observe/jolokia/version;a=b",
        "/observe/env",
        "/observe/heapdump",
        "/observe/metrics",
        "/observe/prometheus"
      })
  void nobodyWithoutTheTokenGetsAnything(String path) {
    for (String instance : List.of("middleware", "inventory-a", "orders-b", "reports-a")) {
      Client client = new Client(TestTopology.url(instance), new Ledger());
      for (String[] headers :
          new String[][] {
            {},
            {"Authorization", basic("")},
            {"Authorization", basic("wrong")},
            {"Authorization", "Basic !"},
            {"Authorization", basic(TestTopology.SERVICE_TOKEN)}
          }) {
        Answer answer = client.get(path, headers);
        assertThat(answer.status()).as(path + " " + answer).isIn(400, 401, 404);
        assertThat(answer.body()).doesNotContain("\"request\"").doesNotContain("<html");
      }
    }
  }

  @Test
  void aBrowserIsAskedForTheTokenAndAnApiClientIsToldOfIt() {
    Answer page = middleware.get("/observe/hawtio/");
    assertThat(page.headers().allValues("WWW-Authenticate"))
        .anyMatch(challenge -> challenge.startsWith("Basic "))
        .anyMatch(challenge -> challenge.startsWith("Bearer"));
    // A page's own request must not make the browser open its window.
    assertThat(middleware.get("/sagas").headers().allValues("WWW-Authenticate"))
        .containsExactly("Bearer");
  }

  @Test
  void healthIsForEveryone() {
    for (String path : List.of("/observe/health", "/observe/health/ready")) {
      assertThat(middleware.get(path).status()).as(path).isEqualTo(200);
    }
  }

  @Test
  void operatorsSeeTheRoutesOfEveryContext() {
    assertThat(middleware.get("/observe/hawtio/", "Authorization", operator()).body())
        .contains("<html");
    assertThat(exec("{'type':'search','mbean':'org.apache.camel:type=context,*'}").body())
        .contains("context=middleware", "context=inventory-a", "context=orders-b");
    Answer routes =
        exec(
            """
            {"type":"exec","operation":"dumpRoutesAsXml()",
             "mbean":"org.apache.camel:context=middleware,type=context,name=\\"middleware\\""}""");
    assertThat(routes.json().path("value").asText())
        .as(routes.body())
        .contains("place-order", "order-saga", "compensation");
  }

  @Test
  void tracingIsSwitchedOnWhileItRuns() {
    int product = Shop.newProduct(10);
    middleware.order(product, 1);
    assertThat(traced()).isEmpty();

    exec("{'type':'write','mbean':'%s','attribute':'Enabled','value':true}".formatted(TRACER));
    middleware.order(product, 1);

    String trace = traced();
    assertThat(trace)
        .contains("take-stock", "create-order", "write-report", "ask-inventory-a")
        .doesNotContain(TestTopology.SERVICE_TOKEN);
    assertThatCode(() -> parse(trace))
        .as("read by a browser, which stops at what isn't XML")
        .doesNotThrowAnyException();
  }

  @Test
  void whatIsOnItsWayShowsWithTheNodeThatItIsAt() throws Exception {
    int product = Shop.newProduct(10);
    String browse =
        "{'type':'exec','operation':'browse()','mbean':'%s'}"
            .formatted(
                "org.apache.camel:context=middleware,type=services,name=DefaultInflightRepository");
    try (Connection held = Databases.connect(Databases.ofTopology().inventory());
        PreparedStatement lock =
            held.prepareStatement("SELECT id FROM product WHERE id = ? FOR UPDATE")) {
      held.setAutoCommit(false);
      lock.setInt(1, product);
      lock.execute();
      CompletableFuture<Answer> order =
          CompletableFuture.supplyAsync(() -> middleware.order(product, 1));

      await()
          .atMost(Shop.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(exec(browse).body())
                      .contains("\"call-inventory\"", "\"ask-inventory-a\""));

      held.rollback();
      assertThat(order.get().status()).isEqualTo(200);
    }
  }

  private static void parse(String xml) throws Exception {
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private String traced() {
    JsonNode value =
        exec("{'type':'exec','mbean':'%s','operation':'dumpAllTracedMessagesAsXml'}"
                .formatted(TRACER))
            .json()
            .path("value");
    return value.asText().contains("<backlogTracerEventMessage>") ? value.asText() : "";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "com.sun.management:type=DiagnosticCommand | vmSystemProperties",
        "com.sun.management:type=HotSpotDiagnostic | dumpHeap(java.lang.String,boolean)",
        "java.util.logging:type=Logging            | setLoggerLevel",
        "java.lang:type=Memory                     | gc",
        "org.apache.camel:context=middleware,type=context,name=\"middleware\" |"
            + " sendStringBody(java.lang.String,java.lang.String)",
        "org.apache.camel:context=middleware,type=context,name=\"middleware\" | stop()",
        "org.apache.camel:context=middleware,type=routes,name=\"place-order\" |"
            + " updateRouteFromXml(java.lang.String)",
        "org.apache.camel:context=middleware,type=routes,name=\"place-order\" | remove()"
      })
  void whatIsDangerousIsRefusedToOperatorsToo(String mbean, String operation) {
    Answer answer =
        middleware.post(
            "/observe/jolokia",
            "{\"type\":\"exec\",\"mbean\":\"%s\",\"operation\":\"%s\",\"arguments\":[\"/tmp/x\",true]}"
                .formatted(mbean.replace("\"", "\\\""), operation),
            "Authorization",
            operator());
    assertThat(answer.json().path("status").asInt()).as(answer.body()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SystemProperties", "InputArguments", "ClassPath"})
  void whatMayHoldASecretIsNotRead(String attribute) {
    Answer answer =
        exec(
            "{'type':'read','mbean':'java.lang:type=Runtime','attribute':'%s'}"
                .formatted(attribute));
    assertThat(answer.json().path("status").asInt()).as(answer.body()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, http://elsewhere.example",
    "Origin, null",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site"
  })
  void aPageFromElsewhereGetsNothing(String header, String value) {
    String[] headers = {"Authorization", operator(), header, value};
    for (Answer answer :
        List.of(
            middleware.get("/observe/hawtio/", headers),
            middleware.post("/observe/jolokia", "{\"type\":\"version\"}", headers))) {
      assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }
  }

  @Test
  void aLinkDoesNothing() {
    Answer answer =
        middleware.get(
            "/observe/jolokia/exec/java.lang:type=Memory/gc", "Authorization", operator());
    assertThat(answer.json().path("status").asInt()).as(answer.body()).isEqualTo(403);
  }
}
