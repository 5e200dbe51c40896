package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a request is said in one way by every role, and changes nothing. */
class HttpErrorsIT {
  /** A good request of each role, whose fields the tests spoil. */
  private static final Map<String, Post> POSTS =
      Map.of(
          "middleware",
              new Post("/orders", "{\"product_id\":1,\"qty\":1}", List.of("product_id", "qty")),
          "inventory-a", new Post("/products/1/decrement", "{\"qty\":1}", List.of("qty")),
          "orders-a",
              new Post("/orders", "{\"product_id\":1,\"qty\":1}", List.of("product_id", "qty")),
          "reports-a",
              new Post(
                  "/reports",
                  "{\"order_id\":1,\"product_id\":1,\"qty\":1}",
                  List.of("order_id", "product_id", "qty")));

  /** What must neither steer anything nor come back. */
  private static final String[] NOISE = {
    "Cookie", "probe=echoed", "Authorization", "Basic ZWNob2Vk", "X-Probe", "echoed",
    "Long-Running-Action", "echoed", "Relevo-Saga-Id", "echoed", "Relevo-Saga-Step", "echoed",
    "Relevo-Deadline", "echoed", "CamelHttpPath", "/echoed", "CamelHttpUri", "http://echoed",
    "CamelHttpResponseCode", "299", "CamelSagaEnlistment", "1"
  };

  private record Post(String path, String body, List<String> fields) {}

  private static Books before;

  @BeforeAll
  static void look() {
    Invariants.awaitQuiet(Databases.ofTopology());
    before = Books.read(Databases.ofTopology());
  }

  @AfterAll
  static void nothingWasChanged() {
    Invariants.awaitQuiet(Databases.ofTopology());
    Books after = Books.read(Databases.ofTopology());
    assertThat(after.products()).isEqualTo(before.products());
    assertThat(after.movements()).isEqualTo(before.movements());
    assertThat(after.orders()).isEqualTo(before.orders());
    assertThat(after.reports()).isEqualTo(before.reports());
  }

  static Stream<Arguments> badBodies() {
    List<Arguments> all = new ArrayList<>();
    POSTS.forEach(
        (role, post) -> {
          for (String body :
              List.of("{\"qty\":1,", "nonsense", "", "{\"qty\":1,\"qty\":1}", "{} {}")) {
            all.add(Arguments.of(role, body, 400, "malformed-json", null));
          }
          for (String body : List.of("[]", "[" + post.body() + "]", "\"1\"", "null", "1")) {
            all.add(Arguments.of(role, body, 422, "invalid-field", "body"));
          }
          for (String field : post.fields()) {
            all.add(spoilt(role, post, field, null));
            for (String value :
                List.of(
                    "0",
                    "-1",
                    "1.5",
                    "1e20",
                    "12345678901234567890",
                    "\"1\"",
                    "true",
                    "null",
                    "[1]",
                    "{}",
                    "1e999999999")) {
              all.add(spoilt(role, post, field, value));
            }
          }
          all.add(spoilt(role, post, "qty", "2147483648"));
          all.add(
              Arguments.of(
                  role, post.body().replace("}", ",\"more\":1}"), 422, "invalid-field", "more"));
        });
    return all.stream();
  }

  private static Arguments spoilt(String role, Post post, String field, String value) {
    String good = "\"" + field + "\":1";
    String body =
        value == null
            ? post.body().replace(good + ",", "").replace("," + good, "").replace(good, "")
            : post.body().replace(good, "\"" + field + "\":" + value);
    return Arguments.of(role, body, 422, "invalid-field", field);
  }

  @ParameterizedTest
  @MethodSource("badBodies")
  void aBadBody(String role, String body, int status, String type, String field) {
    Answer answer =
        send(
            role,
            "POST",
            POSTS.get(role).path(),
            BodyPublishers.ofString(body),
            "application/json");

    assertProblem(answer, status, type);
    if (field != null) {
      JsonNode errors = answer.json().get("errors");
      assertThat(errors).as(answer.toString()).isNotEmpty();
      for (JsonNode error : errors) {
        assertThat(error.get("field").asText()).isEqualTo(field);
        assertThat(error.get("reason").asText()).isNotBlank();
      }
    }
  }

  static Stream<String> roles() {
    return POSTS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("roles")
  void whatNothingServes(String role) {
    BodyPublisher none = BodyPublishers.noBody();
    Post post = POSTS.get(role);
    assertProblem(send(role, "GET", "/nothing-here", none, null), 404, "no-such-resource");
    assertProblem(
        send(role, "POST", "/nothing/here", BodyPublishers.ofString("{}"), "application/json"),
        404,
        "no-such-resource");
    Answer notAllowed = send(role, "DELETE", post.path(), none, null);
    assertProblem(notAllowed, 405, "method-not-allowed");
    assertThat(notAllowed.header("Allow")).contains("POST");
    assertProblem(
        send(role, "PUT", "/health", BodyPublishers.ofString("{}"), "application/json"),
        405,
        "method-not-allowed");
    // Everything else is JSON whatever is accepted.
    assertProblem(
        send(role, "GET", "/observe/health", none, null, "Accept", "image/png"),
        406,
        "not-acceptable");
  }

  @ParameterizedTest
  @MethodSource("roles")
  void aBodyOfAnotherType(String role) {
    Post post = POSTS.get(role);
    for (String type :
        List.of("text/plain", "application/xml", "application/x-www-form-urlencoded")) {
      assertProblem(
          send(role, "POST", post.path(), BodyPublishers.ofString(post.body()), type),
          415,
          "unsupported-media-type");
    }
    assertProblem(
        send(role, "POST", post.path(), BodyPublishers.ofString(post.body()), null),
        415,
        "unsupported-media-type");
  }

  @ParameterizedTest
  @MethodSource("roles")
  void aBodyOfTwoMegabytes(String role) {
    Post post = POSTS.get(role);
    byte[] large = (post.body() + " ".repeat(2_000_000)).getBytes(StandardCharsets.US_ASCII);
    assertProblem(
        send(role, "POST", post.path(), BodyPublishers.ofByteArray(large), "application/json"),
        413,
        "payload-too-large");
    BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));
    assertProblem(
        send(role, "POST", post.path(), chunked, "application/json"), 413, "payload-too-large");
  }

  @ParameterizedTest
  @MethodSource("roles")
  void parametersThatAreNone(String role) {
    BodyPublisher none = BodyPublishers.noBody();
    String list =
        role.startsWith("inventory")
            ? "/products"
            : role.startsWith("reports") ? "/reports" : "/orders";
    for (String query : List.of("?limit=0", "?limit=101", "?limit=x", "?after=-1", "?after=1.5")) {
      assertProblem(send(role, "GET", list + query, none, null), 422, "invalid-field");
    }
    for (String id : List.of("x", "0", "-1", "1.5", "99999999999999999999")) {
      assertProblem(send(role, "GET", list + "/" + id, none, null), 422, "invalid-field");
    }
    assertProblem(send(role, "GET", list + "/2000000000", none, null), 404, "not-found");
    Post post = POSTS.get(role);
    for (String key : List.of("x".repeat(256), "")) {
      assertProblem(
          send(
              role,
              "POST",
              post.path(),
              BodyPublishers.ofString(post.body()),
              "application/json",
              "Idempotency-Key",
              key),
          422,
          "invalid-field");
    }
  }

  @ParameterizedTest
  @MethodSource("businessRefusals")
  void aBusinessNo(String role, String path, String body, int status, String type) {
    assertProblem(
        send(role, "POST", path, BodyPublishers.ofString(body), "application/json"), status, type);
  }

  static Stream<Arguments> businessRefusals() {
    return Stream.of(
        Arguments.of(
            "middleware", "/orders", "{\"product_id\":2000000000,\"qty\":1}", 404, "not-found"),
        Arguments.of(
            "middleware", "/orders", "{\"product_id\":5,\"qty\":1}", 409, "not-enough-stock"),
        Arguments.of(
            "middleware",
            "/orders",
            "{\"product_id\":1,\"qty\":2147483647}",
            409,
            "not-enough-stock"),
        Arguments.of(
            "inventory-a", "/products/2000000000/decrement", "{\"qty\":1}", 404, "not-found"),
        Arguments.of(
            "inventory-b", "/products/5/decrement", "{\"qty\":1}", 409, "not-enough-stock"),
        Arguments.of(
            "inventory-a", "/products/1/increment", "{\"qty\":2147483647}", 409, "conflict"),
        Arguments.of(
            "orders-a", "/orders/2000000000/status", "{\"status\":\"paid\"}", 404, "not-found"),
        Arguments.of(
            "orders-b", "/orders/1/status", "{\"status\":\"lost\"}", 422, "invalid-field"));
  }

  private static Answer send(
      String role, String method, String path, BodyPublisher body, String type, String... headers) {
    List<String> all = new ArrayList<>(List.of(NOISE));
    all.addAll(List.of(headers));
    if (type != null) {
      all.addAll(List.of("Content-Type", type));
    }
    return new Client(TestTopology.url(role), new Ledger())
        .send(method, path, body, all.toArray(String[]::new));
  }

  private static void assertProblem(Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    JsonNode problem = answer.json();
    assertThat(problem.get("type").asText()).isEqualTo("urn:relevo:problem:" + type);
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("title").asText()).isNotBlank();
    assertThat(answer.body())
        .doesNotContainIgnoringCase("exception")
        .doesNotContain("dev.relevo", "org.apache", "\tat ", "echoed");
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              assertThat(values).noneMatch(value -> value.contains("echoed"));
              for (int i = 0; i < NOISE.length; i += 2) {
                assertThat(name.toLowerCase(Locale.ROOT))
                    .isNotEqualTo(NOISE[i].toLowerCase(Locale.ROOT));
              }
            });
  }
}
