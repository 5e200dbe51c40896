package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.http.ProblemType;
import dev.relevo.role.middleware.ParticipantServer.Call;
import dev.relevo.role.middleware.ParticipantServer.Reply;
import dev.relevo.saga.SagaState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What happens to an order when an instance of a participant, or both, give no answer. */
class TwinTest extends MiddlewareRoutes {

  @Override
  SagaProperties properties() {
    return properties(Duration.ofSeconds(6), 3);
  }

  @Test
  void bTakesOverWhatARefusesToConnectTo() {
    inventoryA.goesAway();
    ordersA.goesAway();
    reportsA.goesAway();

    assertThat(placeOrder().status()).isEqualTo(200);
    assertThat(lines())
        .containsExactly(
            "inventory-b POST /products/7/decrement",
            "orders-b POST /orders",
            "reports-b POST /reports");
    assertThat(calls)
        .extracting(call -> call.header("Relevo-Saga-Step"))
        .containsExactly("take-stock/1/action", "create-order/2/action", "write-report/3/action");
  }

  @Test
  void bIsAskedTheSameThatADidNotAnswerInTime() {
    ordersA.staysSilent();

    assertThat(placeOrder().status()).isEqualTo(200);
    assertSameCall("orders-a", "orders-b");
  }

  /** A failure, and what the participant says of the credential or of its load. */
  @Test
  void whatIsNeitherYesNorNoIsNoAnswer() {
    for (int status : new int[] {401, 403, 408, 429}) {
      calls.clear();
      reportsA.answers(Reply.json(status, "{}"));

      assertThat(placeOrder().status()).as("%s from A", status).isEqualTo(200);
      assertSameCall("reports-a", "reports-b");
    }
    for (int status : new int[] {500, 502, 503}) {
      calls.clear();
      ordersA.answers(Reply.json(status, "{}"));

      assertThat(placeOrder().status()).as("%s from A", status).isEqualTo(200);
      assertSameCall("orders-a", "orders-b");
    }
  }

  @Test
  void aNoIsNeverAskedOfBAndNeverCountsAgainstA() {
    inventoryA.answers(
        call ->
            isCompensation(call)
                ? Reply.json(200, STOCK)
                : refusal(ProblemType.NOT_ENOUGH_STOCK, "There are 0."));

    for (int i = 0; i < 20; i++) {
      assertThat(placeOrder().status()).isEqualTo(409);
    }
    assertThat(calls).hasSize(40).extracting(Call::instance).containsOnly("inventory-a");
    assertThat(breaker("inventory-a")).isEqualTo("closed");
  }

  @Test
  void theStepIsRepeatedUntilAnInstanceIsBack() {
    ordersA.goesAway();
    ordersB.answers(
        call -> calls("orders-b").size() < 4 ? Reply.json(503, "") : Reply.json(201, CREATED));

    assertThat(placeOrder().status()).isEqualTo(200);
    assertThat(calls("orders-b")).hasSize(4);
    assertThat(calls("orders-b")).extracting(Call::headers).containsOnly(calls.get(1).headers());
    assertThat(calls("inventory-a")).hasSize(1);
  }

  @Test
  void theBreakerOpensAndClosesAgainWhenAIsBack() {
    inventoryA.goesAway();
    for (int i = 0; i < 6; i++) {
      assertThat(placeOrder().status()).isEqualTo(200);
    }
    assertThat(breaker("inventory-a")).isEqualTo("open");
    assertThat(breaker("inventory-b")).isEqualTo("closed");

    inventoryA.comesBack();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              assertThat(placeOrder().status()).isEqualTo(200);
              return breaker("inventory-a").equals("closed");
            });
    calls.clear();
    placeOrder();
    assertThat(calls("inventory-a")).hasSize(1);
  }

  @Test
  void anOpenBreakerKeepsRequestsAway() {
    ordersA.answers(Reply.json(500, "{}"));
    for (int i = 0; i < 5; i++) {
      placeOrder();
    }
    assertThat(calls("orders-a")).hasSize(5);
    assertThat(breaker("orders-a")).isEqualTo("open");
    calls.clear();

    assertThat(placeOrder().status()).isEqualTo(200);
    assertThat(request("getOrder", Map.of("id", "41"), null).status()).isEqualTo(200);
    assertThat(calls("orders-a")).isEmpty();
    assertThat(calls("orders-b")).hasSize(2);
  }

  @Test
  void aCompensationGoesToBToo() {
    inventoryA.answers(call -> isCompensation(call) ? null : Reply.json(200, STOCK));
    ordersA.answers(
        call ->
            isCompensation(call)
                ? Reply.json(200, "{}")
                : refusal(ProblemType.NOT_ENOUGH_STOCK, "no"));

    assertThat(placeOrder().status()).isEqualTo(409);
    assertThat(lines()).endsWith("inventory-b POST /products/7/increment");
    assertThat(saga().enlistments()).allMatch(step -> step.done());
  }

  @Test
  void participantsGetTheNamedHeadersAndNoOthers() {
    Map<String, Object> headers =
        Map.of(
            "Idempotency-Key", "order-22",
            "Content-Type", "application/json",
            "Cookie", "a=b",
            "X-Client", "c",
            "Long-Running-Action", "forged",
            "Relevo-Saga-Step", "forged",
            "CamelHttpUri", "http://forged");
    reportsA.answers(
        call ->
            isCompensation(call)
                ? Reply.json(200, "{}")
                : refusal(ProblemType.NOT_ENOUGH_STOCK, "no"));

    assertThat(request("placeOrder", headers, ORDER).status()).isEqualTo(409);
    assertThat(calls).hasSize(6);
    for (Call call : calls) {
      assertThat(own(call.headers()))
          .containsExactlyInAnyOrderElementsOf(
              isCompensation(call)
                  ? Set.of("authorization", "content-type", "relevo-saga-id", "relevo-saga-step")
                  : Set.of(
                      "authorization",
                      "content-type",
                      "relevo-deadline",
                      "relevo-saga-id",
                      "relevo-saga-step"));
      assertThat(call.header("Authorization")).isEqualTo("Bearer " + TOKEN);
      assertThat(call.header("Content-Type")).isEqualTo("application/json");
      assertThat(call.header("Relevo-Saga-Id")).isEqualTo(saga().id());
      if (!isCompensation(call)) {
        assertThat(call.header("Relevo-Deadline"))
            .isEqualTo(Long.toString(saga().deadline().toEpochMilli()));
      }
    }
    assertThat(saga().state()).isEqualTo(SagaState.COMPENSATED);
  }

  /** Without those that HTTP itself needs. */
  private static List<String> own(Map<String, String> headers) {
    Set<String> http =
        Set.of(
            "host",
            "connection",
            "user-agent",
            "accept-encoding",
            "content-length",
            "transfer-encoding");
    return headers.keySet().stream()
        .map(String::toLowerCase)
        .filter(name -> !http.contains(name))
        .toList();
  }

  private List<Call> calls(String instance) {
    return calls(call -> call.instance().equals(instance));
  }

  private void assertSameCall(String first, String second) {
    List<Call> asked = calls(call -> Set.of(first, second).contains(call.instance()));
    assertThat(asked).extracting(Call::instance).containsExactly(first, second);
    assertThat(own(asked.get(0).headers())).isEqualTo(own(asked.get(1).headers()));
    for (String name : List.of("Relevo-Saga-Id", "Relevo-Saga-Step", "Relevo-Deadline")) {
      assertThat(asked.get(0).header(name)).isNotNull().isEqualTo(asked.get(1).header(name));
    }
    assertThat(asked.get(0).line()).isEqualTo(asked.get(1).line());
    assertThat(asked.get(0).body()).isEqualTo(asked.get(1).body());
  }
}
