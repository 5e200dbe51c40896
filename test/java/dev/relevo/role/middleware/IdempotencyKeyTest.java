package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.http.ProblemType;
import dev.relevo.role.middleware.ParticipantServer.Reply;
import dev.relevo.saga.SagaState;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a repeated Idempotency-Key is answered, and that every answer to an order carries one. */
class IdempotencyKeyTest extends MiddlewareRoutes {

  IdempotencyKeyTest() {
    set("relevo.participant.response-timeout", 20_000);
  }

  @Override
  SagaProperties properties() {
    return properties(Duration.ofSeconds(3), 1000);
  }

  @Test
  void oneIsMadeWhereTheClientSentNone() {
    Given given = placeOrder();

    assertThat(UUID.fromString(given.header("Idempotency-Key"))).isNotNull();
    assertThat(saga().key().value()).isEqualTo(given.header("Idempotency-Key"));
    assertThat(placeOrder().header("Idempotency-Key"))
        .isNotEqualTo(given.header("Idempotency-Key"));
  }

  @Test
  void aRepeatedOrderIsGivenTheSameAnswer() {
    Given first = placeOrder("order-40", ORDER);
    calls.clear();

    Given second = placeOrder("order-40", ORDER);
    Given third = placeOrder("order-40", " { \"qty\" : 3,\n\"product_id\":7}");

    for (Given again : new Given[] {second, third}) {
      assertThat(again.status()).isEqualTo(200);
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(again.headers())
          .containsOnlyKeys(
              "CamelHttpResponseCode",
              "Content-Type",
              "Idempotency-Key",
              "Idempotent-Replayed",
              "Saga-Id")
          .containsEntry("Saga-Id", null)
          .containsEntry("Idempotency-Key", "order-40")
          .containsEntry("Idempotent-Replayed", "true")
          .containsEntry("Content-Type", "application/json");
    }
    assertThat(calls).isEmpty();
    assertThat(first.headers()).doesNotContainKey("Idempotent-Replayed");
  }

  @Test
  void aRepeatedRefusalIsGivenTheSameAnswer() {
    inventoryA.answers(
        call ->
            isCompensation(call)
                ? Reply.json(200, STOCK)
                : refusal(ProblemType.NOT_ENOUGH_STOCK, "There are 2."));
    Given first = placeOrder("order-41", ORDER);
    calls.clear();
    inventoryA.answers(Reply.json(200, STOCK));

    Given second = placeOrder("order-41", ORDER);

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.body())
        .isEqualTo(first.body())
        .isEqualTo(no(ProblemType.NOT_ENOUGH_STOCK, "There are 2."));
    assertThat(second.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(second.header("Idempotency-Key")).isEqualTo("order-41");
    assertThat(calls).isEmpty();
  }

  @Test
  void anotherOrderWithTheSameKeyIsRefused() {
    placeOrder("order-42", ORDER);
    calls.clear();

    Given other = placeOrder("order-42", "{\"product_id\":7,\"qty\":4}");

    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().path("type").asText())
        .isEqualTo(ProblemType.IDEMPOTENCY_KEY_REUSED.uri());
    assertThat(other.header("Idempotency-Key")).isEqualTo("order-42");
    assertThat(calls).isEmpty();
  }

  @Test
  void whatIsRefusedBeforeASagaBeginsDoesNotBindTheKey() {
    Given invalid = placeOrder("order-43", "{\"product_id\":7,\"qty\":0}");

    assertThat(invalid.status()).isEqualTo(422);
    assertThat(invalid.json().path("errors").path(0).path("field").asText()).isEqualTo("qty");
    assertThat(placeOrder("order-43", "{").status()).isEqualTo(400);
    assertThat(journal.list(null, 10, null)).isEmpty();
    assertThat(placeOrder("order-43", ORDER).status()).isEqualTo(200);
  }

  @Test
  void aSecondRequestWaitsForTheFirstOnesAnswer() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    ordersA.answers(
        call -> {
          pass(mayAnswer);
          return Reply.json(201, CREATED);
        });

    CompletableFuture<Given> first = placeOrderMeanwhile("order-44");
    await().until(() -> lines().contains("orders-a POST /orders"));
    CompletableFuture<Given> second = placeOrderMeanwhile("order-44");
    await().during(Duration.ofMillis(200)).until(() -> !second.isDone());
    mayAnswer.countDown();

    assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
    assertThat(second.get(10, TimeUnit.SECONDS).body()).isEqualTo(first.get().body());
    assertThat(second.get().header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(calls).hasSize(3);
  }

  @Test
  void aSecondRequestIsToldWhenTheFirstIsStillRunning() {
    ordersA.staysSilent();
    CompletableFuture<Given> first = placeOrderMeanwhile("order-45");
    await().until(() -> lines().contains("orders-a POST /orders"));
    // It has begun later, so its own deadline is not the first one's.
    Given second = placeOrder("order-45", ORDER);

    assertThat(first).isNotDone();
    assertThat(second.status()).isIn(409, 503);
    assertThat(second.header("Retry-After")).isEqualTo("2");
    assertThat(second.header("Idempotency-Key")).isEqualTo("order-45");
    assertThat(second.json().path("saga_id").asText()).isEqualTo(saga().id());
  }

  @Test
  void aNewAttemptFollowsAnOrderThatWasUndone() {
    for (ParticipantServer instance : new ParticipantServer[] {reportsA, reportsB}) {
      instance.answers(
          call -> isCompensation(call) ? Reply.json(200, "{}") : Reply.json(503, "{}"));
    }
    assertThat(placeOrder("order-46", ORDER).status()).isEqualTo(503);
    reportsA.answers(Reply.json(201, REPORT));
    reportsB.answers(Reply.json(201, REPORT));

    Given given = placeOrder("order-46", ORDER);

    assertThat(given.status()).isEqualTo(200);
    assertThat(given.headers()).doesNotContainKey("Idempotent-Replayed");
    assertThat(journal.latest("anyone", "order-46"))
        .hasValueSatisfying(saga -> assertThat(saga.attempt()).isEqualTo(2));
  }

  @Test
  void aParkedOrderIsToldAtOnce() {
    ordersA.answers(call -> refusal(ProblemType.CONFLICT, "It can't be cancelled."));
    Given first = placeOrder("order-47", ORDER);
    assertThat(saga().state()).isEqualTo(SagaState.PARKED);
    calls.clear();

    Given second = placeOrder("order-47", ORDER);

    for (Given given : new Given[] {first, second}) {
      assertThat(given.status()).isEqualTo(503);
      assertThat(given.header("Retry-After")).isEqualTo("2");
      assertThat(given.header("Idempotency-Key")).isEqualTo("order-47");
      assertThat(given.json().path("saga_id").asText()).isEqualTo(saga().id());
      assertThat(given.json().path("detail").asText()).contains("operator");
    }
    assertThat(calls).isEmpty();
  }

  private static void pass(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
