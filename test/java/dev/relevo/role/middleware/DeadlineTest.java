package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.http.ProblemType;
import dev.relevo.role.middleware.ParticipantServer.Call;
import dev.relevo.role.middleware.ParticipantServer.Reply;
import dev.relevo.saga.SagaState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An order whose answer is not there in time is undone and answered 503. */
class DeadlineTest extends MiddlewareRoutes {
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  DeadlineTest() {
    // Longer than the deadline, so that a slow instance is not given up before it.
    set("relevo.participant.response-timeout", 5000);
  }

  @Override
  SagaProperties properties() {
    return properties(DEADLINE, 1000);
  }

  @Test
  void aStepThatNobodyAnswersIsRepeatedWithPausesAndThenUndone() {
    for (ParticipantServer instance : List.of(reportsA, reportsB)) {
      instance.answers(
          call -> isCompensation(call) ? Reply.json(200, "{}") : Reply.json(503, "{}"));
    }
    Instant start = Instant.now();

    Given given = placeOrder("order-30", ORDER);

    assertUnavailable(given);
    assertThat(Duration.between(start, Instant.now())).isGreaterThan(DEADLINE.dividedBy(2));
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(saga().answer()).as("a 503 is not kept").isNull();
    List<Call> tries = calls(call -> call.line().equals("POST /reports"));
    // Open breakers keep most tries from the instances; pauses keep them from being without number.
    assertThat(tries).hasSizeBetween(10, 400);
    assertThat(tries)
        .extracting(call -> call.header("Relevo-Saga-Step"))
        .containsOnly("write-report/3/action");
    assertThat(calls.stream().filter(MiddlewareRoutes::isCompensation).map(Call::line).distinct())
        .contains("POST /products/7/increment")
        .hasSize(3);
  }

  @Test
  void aCompensationIsRepeatedUntilItIsAnswered() {
    ordersA.answers(
        call ->
            isCompensation(call)
                ? Reply.json(200, "{}")
                : refusal(ProblemType.NOT_ENOUGH_STOCK, "no"));
    for (ParticipantServer instance : List.of(inventoryA, inventoryB)) {
      instance.answers(
          call ->
              isCompensation(call) && undoings() < 6
                  ? Reply.json(500, "{}")
                  : Reply.json(200, STOCK));
    }

    Given given = placeOrder("order-31", ORDER);

    assertThat(given.status()).isEqualTo(409);
    assertThat(undoings()).isGreaterThanOrEqualTo(6);
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(saga().enlistments().get(0).tries()).isPositive();
  }

  @Test
  void aDeadlineThatPassesBetweenTwoStepsIsNoDefect() {
    inventoryA.answers(
        call -> {
          if (!isCompensation(call)) {
            long deadline = Long.parseLong(call.header("Relevo-Deadline"));
            await().until(() -> System.currentTimeMillis() > deadline);
          }
          return Reply.json(200, STOCK);
        });

    assertUnavailable(placeOrder("order-32", ORDER));
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(lines()).noneMatch(line -> line.contains("orders-"));
  }

  @Test
  void theClientIsNotKeptWaitingForACompensationThatNobodyAnswers() {
    inventoryA.answers(call -> Reply.json(500, "{}"));
    inventoryB.answers(call -> Reply.json(500, "{}"));
    Instant start = Instant.now();

    Given given = placeOrder("order-33", ORDER);

    assertUnavailable(given);
    assertThat(Duration.between(start, Instant.now()))
        .isBetween(DEADLINE.plusSeconds(4), DEADLINE.plusSeconds(10));
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATING);

    inventoryA.answers(Reply.json(200, STOCK));
    await().atMost(Duration.ofSeconds(20)).until(() -> saga().state() == SagaState.COMPENSATED);
  }

  private int undoings() {
    return calls(call -> call.line().endsWith("/increment")).size();
  }

  private void assertUnavailable(Given given) {
    assertThat(given.status()).isEqualTo(503);
    assertThat(given.header("Retry-After")).isEqualTo("2");
    assertThat(given.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(given.header("Idempotency-Key")).startsWith("order-3");
    assertThat(given.json().path("type").asText()).isEqualTo(ProblemType.UNAVAILABLE.uri());
    assertThat(given.json().path("saga_id").asText()).isEqualTo(saga().id());
  }
}
