package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.http.ProblemType;
import dev.relevo.saga.JournalUnavailableException;
import dev.relevo.saga.JournaledSagaService;
import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaJournal;
import dev.relevo.saga.SagaListener;
import dev.relevo.saga.SagaState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/** What orders leave in the metrics and in the health. */
class SagaMetricsTest extends MiddlewareRoutes {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SagaMetrics metrics = new SagaMetrics(registry, new UnfinishedSagas(journal));

  @Override
  SagaListener listener() {
    return metrics;
  }

  @Test
  void ordersAreCountedByTheirOutcome() {
    placeOrder();
    placeOrder();
    reportsA.answers(
        call ->
            isCompensation(call)
                ? ParticipantServer.Reply.json(200, REPORT)
                : refusal(ProblemType.CONFLICT, "There is one."));
    assertThat(placeOrder().status()).isEqualTo(409);

    assertThat(orders("placed")).isEqualTo(2);
    assertThat(orders("refused")).isEqualTo(1);
    assertThat(orders("undone")).isZero();
  }

  @Test
  void compensationsAreTimedAndAParkedSagaIsSeen() {
    ordersA.answers(call -> refusal(ProblemType.CONFLICT, "It can't be cancelled."));
    assertThat(placeOrder().status()).isEqualTo(503);

    assertThat(registry.get("relevo.saga.parked").counter().count()).isEqualTo(1);
    assertThat(compensations("cancel-order", "failed")).isEqualTo(1);
    await().until(() -> sagas(SagaState.PARKED) == 1);
    assertThat(oldest(SagaState.PARKED)).isPositive();
    assertThat(oldest(SagaState.RUNNING)).isZero();
    Health health = health();
    assertThat(health.getStatus()).as("orders can be placed").isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .containsEntry("parked", 1L)
        .containsEntry("parked-sagas", List.of(saga().id()));

    ordersA.answers(ParticipantServer.Reply.json(200, CREATED));
    request("retrySaga", Map.of("id", saga().id()), null);

    await().until(() -> sagas(SagaState.PARKED) == 0);
    await().until(() -> compensations("release-stock", "done") == 1);
    assertThat(compensations("cancel-order", "done")).isEqualTo(1);
    assertThat(health().getDetails()).doesNotContainKey("parked");
  }

  @Test
  void aTakeoverIsTimedFromTheEndOfTheLease() {
    placeOrder();
    Saga lost = saga();

    metrics.takenOver(lost, Duration.ofMillis(700));
    metrics.takenOver(lost, null);

    assertThat(registry.get("relevo.saga.takeovers").counter().count()).isEqualTo(2);
    assertThat(registry.get("relevo.saga.takeover.late").timer().count()).isEqualTo(1);
    assertThat(registry.get("relevo.saga.takeover.late").timer().max(TimeUnit.MILLISECONDS))
        .isEqualTo(700);
  }

  @Test
  void aJournalThatIsAwayHasNoNumberAndIsOutOfService() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    SagaJournal away =
        (SagaJournal)
            Proxy.newProxyInstance(
                SagaJournal.class.getClassLoader(),
                new Class<?>[] {SagaJournal.class},
                (proxy, method, args) -> {
                  throw new JournalUnavailableException("away", null);
                });
    SagaMetrics blind = new SagaMetrics(other, new UnfinishedSagas(away));

    assertThat(blind).isNotNull();
    assertThat(other.get("relevo.sagas").tag("state", "parked").gauge().value()).isNaN();
    assertThat(other.get("relevo.sagas.oldest").tag("state", "parked").gauge().value()).isNaN();
    JournaledSagaService service =
        new JournaledSagaService(away, properties().settings(), new OrderOutcomes());
    assertThat(new SagaHealth(service, new UnfinishedSagas(away)).health().getStatus())
        .isEqualTo(Status.OUT_OF_SERVICE);
  }

  private Health health() {
    return new SagaHealth(sagaService(), new UnfinishedSagas(journal)).health();
  }

  private double orders(String outcome) {
    return registry.get("relevo.orders").tag("outcome", outcome).counter().count();
  }

  private double sagas(SagaState state) {
    return registry.get("relevo.sagas").tag("state", state.name().toLowerCase()).gauge().value();
  }

  private double oldest(SagaState state) {
    return registry
        .get("relevo.sagas.oldest")
        .tag("state", state.name().toLowerCase())
        .gauge()
        .value();
  }

  private long compensations(String compensation, String outcome) {
    return registry
        .find("relevo.saga.compensations")
        .tag("compensation", compensation)
        .tag("outcome", outcome)
        .timers()
        .stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }
}
