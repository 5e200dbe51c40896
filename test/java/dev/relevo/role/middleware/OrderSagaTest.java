package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.http.ProblemType;
import dev.relevo.role.middleware.ParticipantServer.Call;
import dev.relevo.role.middleware.ParticipantServer.Reply;
import dev.relevo.saga.SagaState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;

/**
 * The order saga's cases: all succeed; a step says no; the first says no; nothing is there to be
 * undone; an unexpected exception.
 */
class OrderSagaTest extends MiddlewareRoutes {
  private static final String DECREMENT = "inventory-a POST /products/7/decrement";
  private static final String INCREMENT = "inventory-a POST /products/7/increment";

  private volatile boolean broken;

  @Override
  Processor requireYes() {
    Processor sound = super.requireYes();
    return exchange -> {
      if (broken && exchange.getMessage().getBody(String.class).equals(REPORT)) {
        throw new IllegalStateException("a defect");
      }
      sound.process(exchange);
    };
  }

  @Test
  void allSucceed() {
    Given given = placeOrder("order-17", ORDER);

    assertThat(given.status()).isEqualTo(200);
    assertThat(given.body())
        .isEqualTo("{\"order\":%s,\"stock\":%s,\"report\":%s}".formatted(CREATED, STOCK, REPORT));
    assertThat(given.headers())
        .containsOnlyKeys("Content-Type", "Idempotency-Key", "Saga-Id")
        .containsEntry("Content-Type", "application/json")
        .containsEntry("Saga-Id", saga().id())
        .containsEntry("Idempotency-Key", "order-17");
    assertThat(lines())
        .containsExactly(DECREMENT, "orders-a POST /orders", "reports-a POST /reports");
    assertThat(calls)
        .extracting(Call::body)
        .containsExactly("{\"qty\":3}", ORDER, "{\"order_id\":41,\"product_id\":7,\"qty\":3}");
    assertThat(calls)
        .extracting(call -> call.header("Relevo-Saga-Step"))
        .containsExactly("take-stock/1/action", "create-order/2/action", "write-report/3/action");
    assertThat(calls).extracting(call -> call.header("Relevo-Saga-Id")).containsOnly(saga().id());
    assertThat(saga().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(saga().answer().body()).isEqualTo(given.body());
  }

  @Test
  void theFirstSaysNo() {
    refuse(inventoryA, "not enough");

    Given given = placeOrder();

    assertRefused(given, "not enough");
    assertThat(lines()).containsExactly(DECREMENT, INCREMENT);
    assertThat(calls.get(1).body()).isEqualTo("{\"qty\":3}");
    assertThat(calls.get(1).header("Relevo-Saga-Step")).isEqualTo("take-stock/1/compensation");
  }

  @Test
  void theSecondSaysNo() {
    refuse(ordersA, "no orders today");

    Given given = placeOrder();

    assertRefused(given, "no orders today");
    assertThat(lines())
        .containsExactly(
            DECREMENT,
            "orders-a POST /orders",
            "orders-a POST /orders/by-saga/" + saga().id() + "/status",
            INCREMENT);
    assertThat(calls.get(2).body()).isEqualTo("{\"status\":\"cancelled\"}");
    assertThat(calls.get(2).header("Relevo-Saga-Step")).isEqualTo("create-order/2/compensation");
  }

  @Test
  void theThirdSaysNo() {
    refuse(reportsA, "no paper");

    Given given = placeOrder();

    assertRefused(given, "no paper");
    assertThat(lines())
        .containsExactly(
            DECREMENT,
            "orders-a POST /orders",
            "reports-a POST /reports",
            "reports-a POST /reports/by-saga/" + saga().id() + "/status",
            "orders-a POST /orders/by-saga/" + saga().id() + "/status",
            INCREMENT);
    assertThat(calls.get(3).header("Relevo-Saga-Step")).isEqualTo("write-report/3/compensation");
  }

  @Test
  void aNoThatIsNoProblemDocumentIsMadeOne() {
    inventoryA.answers(
        call -> isCompensation(call) ? Reply.json(200, STOCK) : new Reply(404, "text/html", "<p>"));

    Given given = placeOrder();

    assertThat(given.status()).isEqualTo(404);
    assertThat(given.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(given.json().path("status").asInt()).isEqualTo(404);
    assertThat(given.body()).doesNotContain("<p>");
  }

  /** Its barrier has met the compensation before the action, so the action changes nothing. */
  @Test
  void aStepThatWasCancelledIsNoAnswerToTheOrder() {
    ordersA.answers(
        call ->
            isCompensation(call)
                ? Reply.json(200, "{}")
                : refusal(ProblemType.SAGA_CANCELLED, "it was cancelled"));

    Given given = placeOrder("order-18", ORDER);

    assertThat(given.status()).isEqualTo(503);
    assertThat(given.header("Retry-After")).isEqualTo("2");
    assertThat(given.json().path("saga_id").asText()).isEqualTo(saga().id());
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(saga().answer()).isNull();
    assertThat(lines()).endsWith(INCREMENT);
  }

  @Test
  void anUnexpectedExceptionUndoesEverythingAndIsNotTold() {
    broken = true;

    reportsA.answers(call -> Reply.json(201, isCompensation(call) ? "{}" : REPORT));

    Given given = placeOrder("order-19", ORDER);

    assertThat(given.status()).isEqualTo(500);
    assertThat(given.json().path("type").asText()).isEqualTo(ProblemType.INTERNAL_ERROR.uri());
    assertThat(given.body()).doesNotContain("defect").doesNotContain("IllegalState");
    assertThat(given.header("Idempotency-Key")).isEqualTo("order-19");
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(calls.stream().filter(MiddlewareRoutes::isCompensation))
        .extracting(Call::instance)
        .containsExactly("reports-a", "orders-a", "inventory-a");
  }

  @Test
  void aNewAttemptFollowsAnUnexpectedException() {
    broken = true;
    reportsA.answers(call -> Reply.json(201, isCompensation(call) ? "{}" : REPORT));
    assertThat(placeOrder("order-20", ORDER).status()).isEqualTo(500);
    broken = false;

    assertThat(placeOrder("order-20", ORDER).status()).isEqualTo(200);
    assertThat(journal.list(SagaState.COMPLETED, 10, null)).hasSize(1);
    assertThat(journal.list(SagaState.COMPENSATED, 10, null)).hasSize(1);
  }

  @Test
  void theAnswerLeavesOnlyAfterTheCompensationHasRun() throws Exception {
    CountDownLatch mayUndo = new CountDownLatch(1);
    refuse(ordersA, "no orders today");
    for (ParticipantServer instance : List.of(inventoryA, inventoryB)) {
      instance.answers(
          call -> {
            if (isCompensation(call)) {
              waitFor(mayUndo);
            }
            return Reply.json(200, STOCK);
          });
    }

    CompletableFuture<Given> answer = placeOrderMeanwhile("order-21");
    await().until(() -> lines().contains(INCREMENT));
    await().during(Duration.ofMillis(300)).until(() -> !answer.isDone());
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATING);
    mayUndo.countDown();

    assertRefused(answer.get(10, TimeUnit.SECONDS), "no orders today");
  }

  private static void refuse(ParticipantServer participant, String why) {
    participant.answers(
        call ->
            isCompensation(call)
                ? Reply.json(200, "{}")
                : refusal(ProblemType.NOT_ENOUGH_STOCK, why));
  }

  /** The client has the participant's own words, which are kept for its key. */
  private void assertRefused(Given given, String why) {
    assertThat(given.status()).isEqualTo(409);
    assertThat(given.body()).isEqualTo(no(ProblemType.NOT_ENOUGH_STOCK, why));
    assertThat(given.headers())
        .containsOnlyKeys("CamelHttpResponseCode", "Content-Type", "Idempotency-Key", "Saga-Id")
        .containsEntry("Content-Type", "application/problem+json")
        .containsEntry("Saga-Id", saga().id());
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(saga().answer().body()).isEqualTo(given.body());
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
