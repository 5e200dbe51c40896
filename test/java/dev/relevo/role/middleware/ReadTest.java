package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.http.ProblemType;
import dev.relevo.role.middleware.ParticipantServer.Call;
import dev.relevo.role.middleware.ParticipantServer.Reply;
import dev.relevo.saga.JournalUnavailableException;
import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaJournal;
import dev.relevo.saga.SagaState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Orders, sagas and health as the middleware shows them. */
class ReadTest extends MiddlewareRoutes {
  private volatile boolean journalAway;

  @Override
  SagaProperties properties() {
    return properties(Duration.ofSeconds(2), 3);
  }

  /** The journal, which a test can put out of reach. */
  @Override
  SagaJournal usedJournal() {
    return (SagaJournal)
        Proxy.newProxyInstance(
            SagaJournal.class.getClassLoader(),
            new Class<?>[] {SagaJournal.class},
            (proxy, method, arguments) -> {
              if (journalAway) {
                throw new JournalUnavailableException("put out of reach", null);
              }
              try {
                return method.invoke(journal, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void ordersAreRead() {
    String page = "{\"items\":[" + CREATED + "],\"next\":null}";
    ordersA.answers(call -> Reply.json(200, call.path().contains("?") ? page : CREATED));

    Given list = request("listOrders", Map.of("CamelHttpQuery", "limit=5&after=40"), null);
    Given one = request("getOrder", Map.of("id", "41"), null);

    assertThat(list.status()).isEqualTo(200);
    assertThat(list.body()).isEqualTo(page);
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.body()).isEqualTo(CREATED);
    assertThat(lines())
        .containsExactly("orders-a GET /orders?limit=5&after=40", "orders-a GET /orders/41");
    assertThat(calls).allSatisfy(ReadTest::assertOutsideOfASaga);
  }

  @Test
  void aPageHasDefaults() {
    request("listOrders", Map.of(), null);

    assertThat(lines()).containsExactly("orders-a GET /orders?limit=20&after=0");
  }

  @Test
  void whatThereIsNotIsSaidSoAndNeverAskedOfB() {
    ordersA.answers(refusal(ProblemType.NOT_FOUND, "There is no order 9."));

    Given given = request("getOrder", Map.of("id", "9"), null);

    assertThat(given.status()).isEqualTo(404);
    assertThat(given.body()).isEqualTo(no(ProblemType.NOT_FOUND, "There is no order 9."));
    assertThat(lines()).containsExactly("orders-a GET /orders/9");
  }

  @Test
  void bIsReadWhenADoesNotAnswer() {
    ordersA.goesAway();

    assertThat(request("getOrder", Map.of("id", "41"), null).status()).isEqualTo(200);
    assertThat(lines()).containsExactly("orders-b GET /orders/41");
  }

  @Test
  void readingGoesOnUntilADatabaseIsThereAgain() {
    ordersA.goesAway();
    ordersB.answers(call -> calls.size() < 3 ? Reply.json(503, "{}") : Reply.json(200, CREATED));

    assertThat(request("getOrder", Map.of("id", "41"), null).status()).isEqualTo(200);
    assertThat(lines()).hasSize(3).containsOnly("orders-b GET /orders/41");
    assertThat(calls).allSatisfy(ReadTest::assertOutsideOfASaga);
  }

  @Test
  void ordersThatNobodyAnswersForAreUnavailable() {
    ordersA.goesAway();
    ordersB.answers(Reply.json(503, "{}"));

    for (Given given :
        new Given[] {
          request("getOrder", Map.of("id", "41"), null), request("listOrders", Map.of(), null)
        }) {
      assertThat(given.status()).isEqualTo(503);
      assertThat(given.header("Retry-After")).isEqualTo("1");
      assertThat(given.json().path("type").asText()).isEqualTo(ProblemType.UNAVAILABLE.uri());
      assertThat(given.body()).doesNotContain("127.0.0.1").doesNotContain("Exception");
    }
  }

  @Test
  void readingStartsWithTheBreakerThatOrdersHaveOpened() {
    ordersA.answers(Reply.json(500, "{}"));
    for (int i = 0; i < 5; i++) {
      assertThat(request("getOrder", Map.of("id", "41"), null).status()).isEqualTo(200);
    }
    calls.clear();

    assertThat(placeOrder().status()).isEqualTo(200);
    assertThat(lines()).contains("orders-b POST /orders").doesNotContain("orders-a POST /orders");
  }

  @Test
  void sagasAreRead() {
    placeOrder("order-50", ORDER);
    placeOrder("order-51", ORDER);
    inventoryA.answers(
        call ->
            isCompensation(call)
                ? Reply.json(200, STOCK)
                : refusal(ProblemType.NOT_ENOUGH_STOCK, "no"));
    placeOrder("order-52", ORDER);
    String undone = journal.list(SagaState.COMPENSATED, 1, null).get(0).id();

    Given all = request("listSagas", Map.of(), null);
    assertThat(all.json().path("items")).hasSize(3);
    assertThat(all.json().path("next").isNull()).isTrue();

    Given page = request("listSagas", Map.of("CamelHttpQuery", "state=COMPLETED&limit=1"), null);
    String next = page.json().path("next").asText();
    assertThat(page.json().path("items").path(0).path("id").asText()).isEqualTo(next);
    Given rest =
        request(
            "listSagas", Map.of("CamelHttpQuery", "state=COMPLETED&limit=5&after=" + next), null);
    assertThat(rest.json().path("items")).hasSize(1);
    assertThat(rest.json().path("items").path(0).path("id").asText()).isNotEqualTo(next);

    Given one = request("getSaga", Map.of("id", undone), null);
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.header("Content-Type")).isEqualTo("application/json");
    assertThat(one.json().path("state").asText()).isEqualTo("COMPENSATED");
    assertThat(one.json().path("steps").path(0).path("compensation").asText())
        .isEqualTo("direct://release-stock");
    assertThat(one.json().path("steps").path(0).path("done").asBoolean()).isTrue();
    assertThat(one.json().path("steps").path(0).path("completion").isNull()).isTrue();
  }

  @Test
  void aSagaThatThereIsNotIsNotFound() {
    for (String operation : new String[] {"getSaga", "retrySaga"}) {
      Given given = request(operation, Map.of("id", UUID.randomUUID().toString()), null);
      assertThat(given.status()).isEqualTo(404);
      assertThat(given.json().path("type").asText()).isEqualTo(ProblemType.NOT_FOUND.uri());
    }
    Given state = request("listSagas", Map.of("CamelHttpQuery", "state=LOST"), null);
    assertThat(state.status()).isEqualTo(422);
  }

  @Test
  void aParkedSagaIsRetriedAtOnce() {
    ordersA.answers(call -> refusal(ProblemType.CONFLICT, "It can't be cancelled."));
    placeOrder("order-53", ORDER);
    Saga parked = saga();
    assertThat(parked.state()).isEqualTo(SagaState.PARKED);
    assertThat(health().path("sagas").path("parked").asInt()).isEqualTo(1);
    JsonNode listed =
        request("listSagas", Map.of("CamelHttpQuery", "state=PARKED"), null).json().path("items");
    assertThat(listed).hasSize(1);
    assertThat(listed.path(0).path("id").asText()).isEqualTo(parked.id());
    assertThat(listed.path(0).path("steps").path(1).path("last_error").asText())
        .contains("It can't be cancelled.");
    ordersA.answers(Reply.json(200, CREATED));

    Given given = request("retrySaga", Map.of("id", parked.id()), null);

    assertThat(given.status()).isEqualTo(202);
    assertThat(given.json().path("id").asText()).isEqualTo(parked.id());
    await().until(() -> saga().state() == SagaState.COMPENSATED);
    assertThat(lines()).endsWith("inventory-a POST /products/7/increment");
    await().until(() -> health().path("sagas").path("parked").asInt() == 0);
    assertThat(request("retrySaga", Map.of("id", parked.id()), null).status()).isEqualTo(409);
  }

  @Test
  void healthNamesEveryBreakerAndTheUnfinishedSagas() {
    Given given = request("getHealth", Map.of(), null);

    assertThat(given.status()).isEqualTo(200);
    assertThat(health().path("status").asText()).isEqualTo("UP");
    assertThat(health().path("breakers").properties())
        .extracting(breaker -> breaker.getKey() + " " + breaker.getValue().asText())
        .containsExactly(
            "inventory-a closed",
            "inventory-b closed",
            "orders-a closed",
            "orders-b closed",
            "reports-a closed",
            "reports-b closed");
  }

  @Test
  void aJournalThatIsAwayIsUnavailable() {
    journalAway = true;

    Given order = placeOrder("order-54", ORDER);
    assertUnavailable(order);
    assertThat(order.header("Idempotency-Key")).isEqualTo("order-54");
    assertThat(calls).as("nothing is done that is not written down").isEmpty();
    assertUnavailable(request("listSagas", Map.of(), null));
    assertUnavailable(request("getSaga", Map.of("id", UUID.randomUUID().toString()), null));
    assertUnavailable(request("getHealth", Map.of(), null));

    journalAway = false;
    assertThat(placeOrder("order-54", ORDER).status()).isEqualTo(200);
  }

  @Test
  void theOverviewIsThereWithoutTheJournalToo() {
    JsonNode overview = request("getOverview", Map.of(), null).json();
    assertThat(overview.path("instance").asText()).isEqualTo("middleware");
    assertThat(overview.path("orders").path("200").asLong(-1)).isZero();
    assertThat(overview.path("breakers").path("orders-a").asText()).isEqualTo("closed");
    assertThat(overview.path("sagas").isObject()).isTrue();

    journalAway = true;

    await().until(() -> request("getOverview", Map.of(), null).json().path("sagas").isNull());
  }

  private JsonNode health() {
    return request("getHealth", Map.of(), null).json();
  }

  private static void assertUnavailable(Given given) {
    assertThat(given.status()).isEqualTo(503);
    assertThat(given.header("Retry-After")).isNotNull();
    assertThat(given.json().path("type").asText()).isEqualTo(ProblemType.UNAVAILABLE.uri());
  }

  private static void assertOutsideOfASaga(Call call) {
    assertThat(call.headers().keySet())
        .noneMatch(name -> name.toLowerCase().startsWith("relevo-saga"))
        .noneMatch(name -> name.equalsIgnoreCase("long-running-action"));
    assertThat(call.header("Authorization")).isEqualTo("Bearer " + TOKEN);
    assertThat(call.body()).isEmpty();
    // The instance doesn't wait for its database: the middleware asks again.
    assertThat(Long.parseLong(call.header("Relevo-Deadline")))
        .isLessThanOrEqualTo(System.currentTimeMillis());
  }
}
