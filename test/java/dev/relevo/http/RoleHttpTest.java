package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** A whole role, as a client sees it. */
@ExtendWith(OutputCaptureExtension.class)
class RoleHttpTest {
  private static final String TOKEN = "Bearer s3cret";
  private static final String SAGA = "0b0e7f5e-0000-4000-8000-000000000001";
  private static final String TWO_MEGABYTES = "{\"qty\":" + " ".repeat(2_000_000) + "1}";

  private static ConfigurableApplicationContext role;
  private static RoleClient client;

  @BeforeAll
  static void start() {
    role = TestRole.start("--relevo.http.trusted-token=s3cret");
    client = new RoleClient(role);
  }

  @AfterAll
  static void stop() {
    role.close();
  }

  // what a route gets and gives

  @Test
  void aMapThatARouteLeavesIsWrittenAsJson() throws Exception {
    HttpResponse<String> answer =
        client.post("/things", "{\"name\":\"té\",\"stock\":2,\"price\":1.50}");

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Location")).contains("/things/1");
    assertThat(answer.body())
        .isEqualTo("{\"name\":\"té\",\"stock\":2,\"price\":1.50,\"kind\":\"new\"}");
  }

  @Test
  void anAnswerWithoutABodyHasNone() throws Exception {
    HttpResponse<String> answer =
        client.send("DELETE", "/things/7", BodyPublishers.noBody(), "X-Reason", "old");

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void parametersReachTheRouteTyped() throws Exception {
    assertThat(client.get("/things?limit=5&state=used&unknown=1").body())
        .isEqualTo("limit=5 after=0 state=used");
    assertThat(client.get("/things/7").body()).isEqualTo("{\"id\":7}");
    assertThat(client.get("/things/%37").body()).isEqualTo("{\"id\":7}");
  }

  @Test
  void headIsGetWithoutTheBody() throws Exception {
    HttpResponse<String> answer = client.send("HEAD", "/things", BodyPublishers.noBody());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Length")).contains("23");
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/things/7/decrement | {\"qty\":0}  | 422 | invalid-field",
        "/things/7/decrement | {\"qty\":1.0} | 422 | invalid-field",
        "/things/7/decrement | []           | 422 | invalid-field",
        "/things/abc/decrement | {\"qty\":1} | 422 | invalid-field",
        "/things/7/decrement | {\"qty\"     | 400 | malformed-json",
        "/things/7/decrement | ``           | 400 | malformed-json",
      })
  void aRequestThatDoesNotHoldIsRefused(String path, String body, int status, String type)
      throws Exception {
    assertProblem(client.post(path, body == null ? "" : body), status, type);
  }

  @Test
  void aBodyOfAnotherTypeIsRefused() throws Exception {
    assertProblem(
        client.send(
            "POST",
            "/things/7/decrement",
            BodyPublishers.ofString("qty=1&Relevo-Saga-Id=x"),
            "Content-Type",
            "application/x-www-form-urlencoded"),
        415,
        "unsupported-media-type");
    assertProblem(
        client.send("POST", "/things/7/decrement", BodyPublishers.ofString("{\"qty\":1}")),
        415,
        "unsupported-media-type");
  }

  // headers

  @Test
  void anAnswerCarriesNothingOfTheRequestButTheKey() throws Exception {
    HttpResponse<String> answer =
        client.post(
            "/things?secret=1",
            "{\"name\":\"bolt\",\"stock\":2}",
            "Cookie",
            "session=1",
            "Authorization",
            "Basic YTpi",
            "X-Foo",
            "bar",
            "User-Agent",
            "spy",
            "Accept-Language",
            "es",
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "Idempotency-Key",
            "k1",
            "Content-Encoding",
            "identity");

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(names(answer))
        .containsExactlyInAnyOrder(
            "content-type", "content-length", "date", "location", "idempotency-key");
    assertThat(answer.headers().firstValue("Idempotency-Key")).contains("k1");
  }

  @Test
  void aPathParameterIsNoHeaderOfTheAnswer() throws Exception {
    assertThat(names(client.get("/things/7")))
        .containsExactlyInAnyOrder("content-type", "content-length", "date");
  }

  @Test
  void aRefusalCarriesNothingOfTheRequestEither() throws Exception {
    HttpResponse<String> answer =
        client.post("/things/7/decrement", "{}", "Cookie", "a=b", "X-Foo", "bar");

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(names(answer)).containsExactlyInAnyOrder("content-type", "content-length", "date");
  }

  @Test
  void theContentTypeOfARequestWithoutABodyDoesNotComeBack() throws Exception {
    HttpResponse<String> answer = client.get("/things/7", "Content-Type", "text/html;x=evil");

    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Relevo-Saga-Id",
        "relevo-saga-id",
        "RELEVO-SAGA-STEP",
        "Relevo-Deadline",
        "Relevo-Anything",
        "Long-Running-Action",
        "long-running-action",
        "CamelHttpPath",
        "camelsqlquery",
        "CAMELHTTPMETHOD",
        "org.apache.camel.Something",
        "CamelHttpUri",
        "Cookie",
        "Authorization",
        "X-Foo",
        "state"
      })
  void noneOfTheseReachesARouteFromOutside(String name) throws Exception {
    String clean = seen();

    client.get("/things/7", name, "evil");
    assertThat(TestRole.SEEN.toString()).doesNotContain("evil");
    client.get("/things/7?" + name + "=evil&" + name.toLowerCase(java.util.Locale.ROOT) + "=evil2");
    TestRole.SEEN.remove("CamelHttpQuery");
    assertThat(TestRole.SEEN.toString()).isEqualTo(clean);
  }

  @Test
  void aPeerWithTheServiceTokenSetsTheSagaHeaders() throws Exception {
    for (String scheme : new String[] {TOKEN, "bearer s3cret", "BEARER  s3cret "}) {
      client.get(
          "/things/7",
          "Authorization",
          scheme,
          "relevo-saga-id",
          SAGA,
          "Relevo-Saga-Step",
          "take-stock/1/action",
          "Relevo-Deadline",
          "1760000000000",
          "Relevo-Anything",
          "x",
          "Long-Running-Action",
          "evil",
          "CamelHttpPath",
          "evil");

      assertThat(TestRole.SEEN)
          .containsEntry("Relevo-Saga-Id", SAGA)
          .containsEntry("Relevo-Saga-Step", "take-stock/1/action")
          .containsEntry("Relevo-Deadline", "1760000000000")
          .doesNotContainKeys("Relevo-Anything", "Long-Running-Action", "Authorization")
          .doesNotContainValue("evil");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer wrong",
        "Bearer s3cre",
        "Bearer s3cret2",
        "bearer S3CRET",
        "Bearer ",
        "Bearer",
        "Bearer s3cret,x"
      })
  void aBearerTokenThatIsNotTheServiceTokenIsRefused(String authorization) throws Exception {
    TestRole.SEEN.clear();
    HttpResponse<String> answer =
        client.get("/things/7", "Authorization", authorization, "Relevo-Saga-Id", SAGA);

    assertProblem(answer, 401, "unauthorized");
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer error=\"invalid_token\"");
    assertThat(answer.body()).doesNotContain("s3cret");
    assertThat(TestRole.SEEN).isEmpty();
  }

  @Test
  void withoutAServiceTokenNobodyIsTrusted() throws Exception {
    try (ConfigurableApplicationContext open = TestRole.start()) {
      RoleClient other = new RoleClient(open);
      for (String authorization : new String[] {"Bearer ", "Bearer x", "Bearer null"}) {
        HttpResponse<String> answer =
            other.get("/things/7", "Authorization", authorization, "Relevo-Saga-Id", SAGA);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TestRole.SEEN).containsKey("id").doesNotContainKey("Relevo-Saga-Id");
      }
    }
  }

  // bodies that are too large

  @Test
  void aBodyThatSaysItIsTooLargeIsRefused() throws Exception {
    HttpResponse<String> answer = client.post("/things/7/decrement", TWO_MEGABYTES);

    assertProblem(answer, 413, "payload-too-large");
    assertThat(RoleClient.json(answer.body()).path("detail").asText())
        .isEqualTo("The body may have 65536 bytes at most.");
    assertThat(client.post("/things/7/decrement", "{\"qty\":1}").statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyThatTurnsOutTooLargeIsRefused() throws Exception {
    HttpResponse<String> answer =
        client.send(
            "POST",
            "/things/7/decrement",
            BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream(TWO_MEGABYTES.getBytes(StandardCharsets.UTF_8))),
            "Content-Type",
            "application/json");

    assertProblem(answer, 413, "payload-too-large");
  }

  @Test
  void manyClientsWithLargeBodiesAllSeeTheAnswer() {
    CompletableFuture<?>[] answers =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          try {
                            assertProblem(
                                client.post("/things/7/decrement", TWO_MEGABYTES),
                                413,
                                "payload-too-large");
                          } catch (Exception e) {
                            throw new AssertionError(e);
                          }
                        }))
            .toArray(CompletableFuture[]::new);

    CompletableFuture.allOf(answers).join();
  }

  @Test
  void aBodyOfExactlyTheLimitIsTaken() throws Exception {
    String body = "{\"qty\":1" + " ".repeat(65_536 - 9) + "}";

    assertThat(client.post("/things/7/decrement", body).statusCode()).isEqualTo(200);
    assertThat(client.post("/things/7/decrement", body + " ").statusCode()).isEqualTo(413);
    assertThat(
            client
                .send(
                    "POST",
                    "/things/7/decrement",
                    BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))),
                    "Content-Type",
                    "application/json")
                .statusCode())
        .isEqualTo(200);
  }

  // what no route sees

  @ParameterizedTest
  @CsvSource({
    "GET, /nope, 404, no-such-resource, There is no resource at /nope.",
    "GET, /things/7/x, 404, no-such-resource, There is no resource at /things/7/x.",
    "GET, /things/, 404, no-such-resource, There is no resource at /things/.",
    "GET, /error, 404, no-such-resource, There is no resource at /error.",
    "GET, /docs/nope.js, 404, no-such-resource, There is no resource at /docs/nope.js.",
    "PATCH, /things, 405, method-not-allowed, The resource at /things doesn't have the method PATCH.",
    "PUT, /things/7, 405, method-not-allowed, The resource at /things/7 doesn't have the method PUT.",
    "BREW, /things, 405, method-not-allowed, The resource at /things doesn't have the method BREW.",
    "TRACE, /things, 405, method-not-allowed, The resource at /things doesn't have the method TRACE.",
  })
  void whatIsNotThereIsAProblemWhateverIsAccepted(
      String method, String path, int status, String type, String detail) throws Exception {
    for (String accept :
        new String[] {"*/*", "text/html", "application/json", "image/png", "not a type"}) {
      HttpResponse<String> answer =
          client.send(method, path, BodyPublishers.noBody(), "Accept", accept);

      assertProblem(answer, status, type);
      assertThat(RoleClient.json(answer.body()).path("detail").asText()).isEqualTo(detail);
    }
  }

  @Test
  void allowNamesTheMethodsThereAre() throws Exception {
    assertThat(allowed(client.send("PUT", "/things/7", BodyPublishers.noBody())))
        .containsExactlyInAnyOrder("GET", "HEAD", "DELETE", "OPTIONS");

    HttpResponse<String> options = client.send("OPTIONS", "/codes/a", BodyPublishers.noBody());

    assertThat(options.statusCode()).isEqualTo(200);
    assertThat(allowed(options)).containsExactlyInAnyOrder("PUT", "OPTIONS");
  }

  private static List<String> allowed(HttpResponse<?> answer) {
    return List.of(answer.headers().firstValue("Allow").orElseThrow().split(", "));
  }

  @Test
  void whateverIsAcceptedTheAnswerIsJson() throws Exception {
    assertThat(client.get("/things/7", "Accept", "application/json").statusCode()).isEqualTo(200);
    assertThat(client.get("/things/7", "Accept", "text/html").statusCode()).isEqualTo(200);
  }

  @Test
  void aRepresentationThatIsNotThereIsAProblem() throws Exception {
    assertProblem(client.get("/observe/health", "Accept", "image/png"), 406, "not-acceptable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
        "GET /things\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /th%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /things/%2f HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /things/%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /<script> HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /../x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /things HTTP/1.1\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        "POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        "POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"
      })
  void aRequestThatCanNotBeReadIsAProblem(String request) throws Exception {
    assertRawProblem(client.raw(request), 400, "urn:relevo:problem:bad-request");
  }

  @Test
  void headersWithoutEndAreAProblem() throws Exception {
    assertRawProblem(
        client.raw("GET /things HTTP/1.1\r\nHost: a\r\nX-Foo: " + "x".repeat(20_000) + "\r\n\r\n"),
        400,
        "urn:relevo:problem:bad-request");
    assertRawProblem(
        client.raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        400,
        "urn:relevo:problem:bad-request");
  }

  @Test
  void aVersionThatIsNotSpokenIsAProblem() throws Exception {
    assertRawProblem(client.raw("GET /things HTTP/9.9\r\nHost: a\r\n\r\n"), 505, "about:blank");
  }

  @Test
  void aFailureShowsNothingButAReference(CapturedOutput log) throws Exception {
    HttpResponse<String> answer =
        client.send(
            "PUT", "/codes/ab", BodyPublishers.ofString("{}"), "Content-Type", "application/json");

    assertProblem(answer, 500, "internal-error");
    String reference = RoleClient.json(answer.body()).path("reference").asText();
    assertThat(answer.body()).doesNotContain("secret", "Exception", "java.");
    assertThat(log).contains("PUT /codes/ab failed, reference " + reference, "password=secret");
  }

  // the contract and its page

  @Test
  void theContractIsServedAsItIs() throws Exception {
    HttpResponse<String> answer = client.get("/openapi.yaml");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/yaml");
    try (var file = getClass().getResourceAsStream("/http/openapi.yaml")) {
      assertThat(answer.body()).isEqualTo(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void theDocsLoadWithoutANetwork() throws Exception {
    assertThat(client.get("/docs").headers().firstValue("Location")).contains("docs/index.html");
    assertThat(client.get("/docs/").headers().firstValue("Location")).contains("index.html");
    String page = client.get("/docs/index.html").body();

    assertThat(page).doesNotContain("http://", "https://", "//cdn");
    Set<String> assets = new TreeSet<>();
    java.util.regex.Matcher matcher =
        java.util.regex.Pattern.compile("(?:src|href)=\"\\./?([^\"]+)\"").matcher(page);
    while (matcher.find()) {
      assets.add(matcher.group(1));
    }
    assertThat(assets).contains("swagger-initializer.js", "swagger-ui-bundle.js", "swagger-ui.css");
    for (String asset : assets) {
      assertThat(client.get("/docs/" + asset).statusCode()).as(asset).isEqualTo(200);
    }
    assertThat(client.get("/docs/swagger-initializer.js").body())
        .contains("../openapi.yaml")
        .doesNotContain("petstore");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/docs/../relevo.yaml",
        "/docs/..%5crelevo.yaml",
        "/docs/%2e%2e/relevo.yaml",
        "/docs/x/../../relevo.yaml"
      })
  void theDocsServeNothingElse(String path) throws Exception {
    assertThat(client.raw("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"))
        .containsPattern("^HTTP/1.1 40[04] ");
  }

  private static String seen() throws Exception {
    client.get("/things/7");
    return TestRole.SEEN.toString();
  }

  private static Set<String> names(HttpResponse<?> answer) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(answer.headers().map().keySet());
    return names;
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String type)
      throws Exception {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = RoleClient.json(answer.body());
    assertThat(problem.path("type").asText()).isEqualTo("urn:relevo:problem:" + type);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asText()).isNotBlank();
  }

  private static void assertRawProblem(String answer, int status, String type) throws Exception {
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("\r\nContent-Type: application/problem+json\r\n");
    JsonNode problem = RoleClient.json(answer.substring(answer.indexOf("\r\n\r\n")));
    assertThat(problem.path("type").asText()).isEqualTo(type);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
  }
}
