package dev.relevo.role.middleware;

import dev.relevo.saga.Enlistment;
import dev.relevo.saga.JournalUnavailableException;
import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaListener;
import dev.relevo.saga.SagaState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What sagas do, as metrics.
 *
 * <ul>
 *   <li>{@code relevo.sagas} (gauge, {@code state}): sagas in the journal that have not ended,
 *       whoever runs them; not a number while the journal is away
 *   <li>{@code relevo.sagas.oldest} (gauge, {@code state}, seconds): the age of the oldest of them,
 *       0 if there is none
 *   <li>{@code relevo.orders} (counter, {@code outcome}): orders that this process brought to an
 *       end: {@code placed}, {@code refused} by a participant, or {@code undone} for any other
 *       reason
 *   <li>{@code relevo.saga.parked} (counter): how often a saga was parked here
 *   <li>{@code relevo.saga.takeovers} (counter) and {@code relevo.saga.takeover.late} (timer):
 *       sagas that this process took over, and how long after the end of their owner's lease
 *   <li>{@code relevo.saga.compensations} (timer, {@code compensation}, {@code outcome}):
 *       compensations called here, {@code done} or {@code failed}
 * </ul>
 */
final class SagaMetrics implements SagaListener {
  private final MeterRegistry registry;
  private final UnfinishedSagas unfinished;
  private final Counter takeovers;
  private final Timer late;
  private final Counter parked;
  private final Map<String, Counter> outcomes;

  /**
   * @param registry where the metrics are registered
   * @param unfinished is asked, when the metrics are read, for the sagas that have not ended
   */
  SagaMetrics(MeterRegistry registry, UnfinishedSagas unfinished) {
    this.registry = registry;
    this.unfinished = unfinished;
    for (SagaState state : SagaState.values()) {
      if (!state.isFinal()) {
        Gauge.builder("relevo.sagas", this, metrics -> metrics.count(state))
            .description("Sagas that have not ended")
            .tag("state", word(state))
            .register(registry);
        Gauge.builder("relevo.sagas.oldest", this, metrics -> metrics.oldestSeconds(state))
            .description("The age of the oldest saga that has not ended")
            .baseUnit("seconds")
            .tag("state", word(state))
            .register(registry);
      }
    }
    this.takeovers = counter("relevo.saga.takeovers", "Sagas taken over");
    this.parked = counter("relevo.saga.parked", "Sagas parked");
    this.late =
        Timer.builder("relevo.saga.takeover.late")
            .description("How long after the end of its owner's lease a saga was taken over")
            .publishPercentiles(0.5, 0.95)
            .register(registry);
    this.outcomes =
        Map.of(
            "placed", outcome("placed"),
            "refused", outcome("refused"),
            "undone", outcome("undone"));
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Counter outcome(String outcome) {
    return Counter.builder("relevo.orders")
        .description("Orders that have come to an end")
        .tag("outcome", outcome)
        .register(registry);
  }

  @Override
  public void written(Saga saga) {
    switch (saga.state()) {
      case COMPLETED -> outcomes.get("placed").increment();
      case COMPENSATED -> outcomes.get(saga.answer() == null ? "undone" : "refused").increment();
      case PARKED -> parked.increment();
      case RUNNING, COMPENSATING -> {
        // On its way; the gauges show it.
      }
    }
  }

  @Override
  public void takenOver(Saga saga, Duration lateness) {
    takeovers.increment();
    if (lateness != null) {
      late.record(lateness);
    }
  }

  @Override
  public void called(Saga saga, Enlistment enlistment, Duration took, Exception failure) {
    if (saga.state() == SagaState.COMPENSATING) {
      Timer.builder("relevo.saga.compensations")
          .description("Compensations called")
          .tag("compensation", enlistment.compensation().replaceFirst("^direct:(//)?", ""))
          .tag("outcome", failure == null ? "done" : "failed")
          .register(registry)
          .record(took);
    }
  }

  private double count(SagaState state) {
    try {
      return unfinished.latest().counts().getOrDefault(state, 0L);
    } catch (JournalUnavailableException e) {
      return Double.NaN;
    }
  }

  private double oldestSeconds(SagaState state) {
    try {
      return unfinished.latest().oldest().getOrDefault(state, Duration.ZERO).toMillis() / 1000.0;
    } catch (JournalUnavailableException e) {
      return Double.NaN;
    }
  }

  private static String word(SagaState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
