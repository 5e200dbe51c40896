package dev.relevo.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;

class ContractTest extends CamelTestSupport {
  private static final String INT = "must be a whole number of at least 1";

  private final Contract contract = Contract.load(new ClassPathResource("http/openapi.yaml"));

  @Override
  protected RoutesBuilder createRouteBuilder() {
    return new RouteBuilder() {
      @Override
      public void configure() {
        for (String operation :
            List.of(
                "listThings",
                "addThing",
                "getThing",
                "removeThing",
                "decrementThing",
                "putCode",
                "notInContract")) {
          from("direct:" + operation).routeId(operation).process(contract);
        }
      }
    };
  }

  @Test
  void aBodyThatHoldsBecomesAMapWithDefaultsFilledIn() {
    Exchange exchange =
        send(
            "addThing",
            """
            {"name":"bolt","stock":3000000000,"price":1.50,"parts":[{"cost":0.10},{"cost":2}]}""",
            Map.of());

    assertThat(exchange.getMessage().getBody())
        .isEqualTo(
            Map.of(
                "name",
                "bolt",
                "stock",
                3000000000L,
                "price",
                new BigDecimal("1.50"),
                "kind",
                "new",
                "parts",
                List.of(Map.of("cost", new BigDecimal("0.10")), Map.of("cost", 2))));
  }

  @Test
  void aFieldWhoseDefaultIsNullIsThere() {
    Map<?, ?> body =
        send("addThing", "{\"name\":\"bolt\",\"stock\":0}", Map.of())
            .getMessage()
            .getBody(Map.class);

    assertThat(body.containsKey("price")).isTrue();
    assertThat(body.get("price")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"qty\":0}                  | qty  | " + INT,
        "{\"qty\":-1}                 | qty  | " + INT,
        "{\"qty\":1.5}                | qty  | " + INT,
        "{\"qty\":1.0}                | qty  | " + INT,
        "{\"qty\":1e0}                | qty  | " + INT,
        "{\"qty\":\"1\"}              | qty  | " + INT,
        "{\"qty\":true}               | qty  | " + INT,
        "{\"qty\":null}               | qty  | " + INT,
        "{\"qty\":[1]}                | qty  | " + INT,
        "{\"qty\":2147483648}         | qty  | must be a whole number from 1 to 2147483647",
        "{\"qty\":99999999999999999999999999} | qty | must be a whole number from 1 to 2147483647",
        "{\"qty\":1e999999999}        | qty  | must not have more than 60 digits",
        "{}                           | qty  | is missing: " + INT,
        "{\"qty\":1,\"more\":2}       | more | is not a field that is known here",
        "[]                           | body | must be an object",
        "[{\"qty\":1}]                | body | must be an object",
        "\"qty\"                      | body | must be an object",
        "1                            | body | must be an object",
        "null                         | body | must be an object",
      })
  void aFieldThatDoesNotHoldIsNamedWithWhatItMustBe(String body, String field, String reason) {
    Problem problem = refusal("decrementThing", body, Map.of("id", "7"));

    assertThat(problem.status()).isEqualTo(422);
    assertThat(problem.type()).isEqualTo("urn:relevo:problem:invalid-field");
    assertThat(problem.extensions())
        .containsEntry("errors", List.of(new FieldError(field, reason)));
    assertThat(problem.detail()).isEqualTo(field + ": " + reason + ".");
  }

  @Test
  void everyFieldThatDoesNotHoldIsNamed() {
    Problem problem =
        refusal(
            "addThing",
            """
            {"name":"","stock":-1,"kind":"old","code":"x","price":"1","parts":[{"cost":1.005},{},{"cost":1,"x":1}]}""",
            Map.of("Idempotency-Key", ""));

    assertThat(problem.extensions().get("errors"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .containsExactlyInAnyOrder(
            new FieldError("Idempotency-Key", "must be a text of 1 to 64 characters"),
            new FieldError("name", "must be a text of 1 to 20 characters"),
            new FieldError("stock", "must be a whole number of at least 0"),
            new FieldError("kind", "must be one of new, used"),
            new FieldError("code", "must be a UUID"),
            new FieldError(
                "price", "must be a number of at least 0 that is a multiple of 0.01, or null"),
            new FieldError(
                "parts[0].cost",
                "must be a number from 0 to 99999999.99 that is a multiple of 0.01"),
            new FieldError(
                "parts[1].cost",
                "is missing: must be a number from 0 to 99999999.99 that is a multiple of 0.01"),
            new FieldError("parts[2].x", "is not a field that is known here"));
  }

  @Test
  void aTextWithANulIsRefusedBecauseNoDatabaseTakesIt() {
    assertThat(refusal("addThing", "{\"name\":\"a\\u0000b\",\"stock\":1}", Map.of()).detail())
        .isEqualTo("name: must not contain the character U+0000.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "{",
        "{\"qty\":1",
        "{\"qty\":}",
        "{'qty':1}",
        "{\"qty\":01}",
        "{\"qty\":+1}",
        "{\"qty\":1,}",
        "{\"qty\":NaN}",
        "{\"qty\":Infinity}",
        "{\"qty\":1}{\"qty\":2}",
        "{\"qty\":1} x",
        "{\"qty\":1,\"qty\":2}",
        "qty=1",
        "// no\n{\"qty\":1}"
      })
  void whatIsNoJsonIsMalformed(String body) {
    Problem problem = refusal("decrementThing", body, Map.of("id", "7"));

    assertThat(problem.status()).isEqualTo(400);
    assertThat(problem.type()).isEqualTo("urn:relevo:problem:malformed-json");
    assertThat(problem.detail()).isNotBlank().doesNotContain("jackson", "Exception", "code ");
  }

  @Test
  void bytesThatAreNoUtf8AreMalformed() {
    byte[] body = {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'};

    assertThat(refusal("decrementThing", body, Map.of("id", "7")).status()).isEqualTo(400);
  }

  @Test
  void aBodyNestedWithoutEndIsMalformed() {
    assertThat(refusal("decrementThing", "[".repeat(60_000), Map.of("id", "7")).status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/xml; charset=utf-8",
        "application/x-www-form-urlencoded",
        ""
      })
  void aBodyOfAnotherTypeIsRefused(String type) {
    Problem problem =
        refusal("decrementThing", "{\"qty\":1}", Map.of("id", "7", Exchange.CONTENT_TYPE, type));

    assertThat(problem.status()).isEqualTo(415);
    assertThat(problem.detail()).isEqualTo("The body's Content-Type must be application/json.");
  }

  @Test
  void theTypeIsComparedWithoutParametersAndCase() {
    Exchange exchange =
        send(
            "decrementThing",
            "{\"qty\":1}",
            Map.of("id", "7", Exchange.CONTENT_TYPE, "Application/JSON ;charset=utf-8"));

    assertThat(exchange.getMessage().getBody()).isEqualTo(Map.of("qty", 1));
  }

  @Test
  void aBodyThatIsNotRequiredMayBeLeftOut() {
    assertThat(send("putCode", null, Map.of("code", "ab")).getMessage().getBody()).isNull();
  }

  @Test
  void pathParametersAreTyped() {
    assertThat(send("getThing", null, Map.of("id", "7")).getMessage().getHeader("id"))
        .isEqualTo(7L);
    assertThat(send("getThing", null, Map.of("id", "%37")).getMessage().getHeader("id"))
        .isEqualTo(7L);
    assertThat(send("putCode", null, Map.of("code", "a%20b")).getMessage().getHeader("code"))
        .isEqualTo("a b");
  }

  @ParameterizedTest
  @CsvSource({"abc", "1.0", "0", "-1", "+1", "1x", "0x1", "'1 '", "٣", "%00", "%zz"})
  void aPathParameterThatDoesNotHoldIsRefused(String id) {
    Problem problem = refusal("getThing", null, Map.of("id", id));

    assertThat(problem.status()).isEqualTo(422);
    assertThat(problem.detail()).startsWith("id: must be ");
  }

  @Test
  void aPathParameterBeyondItsFormatIsRefused() {
    for (String id : List.of("9223372036854775808", "99999999999999999999999", "9".repeat(5000))) {
      assertThat(refusal("getThing", null, Map.of("id", id)).status()).isEqualTo(422);
    }
    assertThat(
            send("getThing", null, Map.of("id", "9223372036854775807"))
                .getMessage()
                .getHeader("id"))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void queryParametersAreTypedAndHaveDefaults() {
    Exchange plain = send("listThings", "ignored", Map.of());

    assertThat(plain.getMessage().getBody()).isNull();
    assertThat(plain.getMessage().getHeader("limit")).isEqualTo(20);
    assertThat(plain.getMessage().getHeader("after")).isEqualTo(0L);
    assertThat(plain.getMessage().getHeaders()).doesNotContainKeys("state", "cheap", "below");

    Exchange full =
        send(
            "listThings",
            null,
            Map.of(
                Exchange.HTTP_QUERY,
                "limit=100&x=1&after=7&&st%61te=us%65d&cheap=true&below=1.50&limits=3"));

    assertThat(full.getMessage().getHeader("limit")).isEqualTo(100);
    assertThat(full.getMessage().getHeader("after")).isEqualTo(7L);
    assertThat(full.getMessage().getHeader("state")).isEqualTo("used");
    assertThat(full.getMessage().getHeader("cheap")).isEqualTo(true);
    assertThat(full.getMessage().getHeader("below")).isEqualTo(new BigDecimal("1.50"));
    assertThat(full.getMessage().getHeaders()).doesNotContainKeys("x", "limits");
  }

  @Test
  void aHeaderOfAQueryParametersNameIsNotTakenForIt() {
    assertThat(send("listThings", null, Map.of("state", "used")).getMessage().getHeaders())
        .doesNotContainKey("state");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit=0           | limit: must be a whole number from 1 to 100.",
        "limit=101         | limit: must be a whole number from 1 to 100.",
        "limit=ten         | limit: must be a whole number from 1 to 100.",
        "limit=            | limit: must be a whole number from 1 to 100.",
        "limit             | limit: must be a whole number from 1 to 100.",
        "limit=1&limit=2   | limit: must be given once.",
        "limit=%           | limit: must be encoded properly.",
        "after=-1          | after: must be a whole number of at least 0.",
        "state=old         | state: must be one of new, used.",
        "cheap=yes         | cheap: must be true or false.",
        "below=1e5         | below: must be a number of at least 0.",
        "limit=0&after=x   | limit: must be a whole number from 1 to 100; after: must be a whole number of at least 0.",
      })
  void aQueryParameterThatDoesNotHoldIsRefused(String query, String detail) {
    Problem problem = refusal("listThings", null, Map.of(Exchange.HTTP_QUERY, query));

    assertThat(problem.status()).isEqualTo(422);
    assertThat(problem.detail()).isEqualTo(detail);
  }

  @Test
  void headersAreChecked() {
    assertThat(refusal("removeThing", null, Map.of("id", "1")).detail())
        .isEqualTo("X-Reason: is missing: must be a text of at most 5 characters.");
    assertThat(refusal("removeThing", null, Map.of("id", "1", "x-reason", "because")).detail())
        .isEqualTo("X-Reason: must be a text of at most 5 characters.");
    assertThat(
            send("removeThing", null, Map.of("id", "1", "x-reason", "old"))
                .getMessage()
                .getHeader("X-Reason"))
        .isEqualTo("old");
    assertThat(contract.headers()).containsExactlyInAnyOrder("Idempotency-Key", "X-Reason");
  }

  @Test
  void aRouteThatIsNoOperationIsAMistake() {
    assertThatThrownBy(() -> send("notInContract", null, Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("notInContract");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "paths: {/a: {get: {}}}                                      | operationId",
        "paths: {/a: {get: {operationId: x}, put: {operationId: x}}} | operationId",
        "paths: {/a: {get: {operationId: x, parameters: [{$ref: '#/components/none'}]}}} | #/components/none",
        "paths: {/a: {put: {operationId: x, requestBody: {content: {text/plain: {}}}}}}  | application/json",
        "'['                                                         | Can't read the contract",
      })
  void aContractThatIsNotUnderstoodIsRefused(String yaml, String why) {
    assertThatThrownBy(() -> Contract.load(new ByteArrayResource(yaml.getBytes(UTF_8))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  private Problem refusal(String operation, Object body, Map<String, Object> headers) {
    try {
      send(operation, body, headers);
    } catch (ProblemException e) {
      return e.problem();
    }
    throw new AssertionError(operation + " took " + body + " with " + headers);
  }

  /** The exchange after the route; throws what the route threw. */
  private Exchange send(String operation, Object body, Map<String, Object> headers) {
    Map<String, Object> all = new HashMap<>(headers);
    all.putIfAbsent(Exchange.CONTENT_TYPE, "application/json");
    Object bytes = body instanceof String text ? text.getBytes(UTF_8) : body;
    Exchange exchange =
        template()
            .send(
                "direct:" + operation,
                e -> {
                  e.getMessage().setBody(bytes);
                  e.getMessage().setHeaders(new org.apache.camel.util.CaseInsensitiveMap(all));
                });
    if (exchange.getException() instanceof RuntimeException failure) {
      throw failure;
    }
    assertThat(Arrays.asList(exchange.getException())).containsOnlyNulls();
    return exchange;
  }
}
