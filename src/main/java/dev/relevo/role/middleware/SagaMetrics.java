package dev.relevo.role.middleware;

import dev.relevo.saga.Enlistment;
import dev.relevo.saga.JournalUnavailableException;
import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaJournal;
import dev.relevo.saga.SagaListener;
import dev.relevo.saga.SagaState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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
  /** One look at the journal serves all gauges of a scrape. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final MeterRegistry registry;
  private final SagaJournal journal;
  private final Counter takeovers;
  private final Timer late;
  private final Counter parked;
  private final Map<String, Counter> outcomes;
  private Map<SagaState, Long> unfinished;
  private Map<SagaState, Duration> oldest;
  private Long lookedNanos;

  /**
   * @param registry where the metrics are registered
   * @param journal is asked, when the metrics are read, for the sagas that have not ended
   */
  SagaMetrics(MeterRegistry registry, SagaJournal journal) {
    this.registry = registry;
    this.journal = journal;
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

  private synchronized double count(SagaState state) {
    look();
    return unfinished == null ? Double.NaN : unfinished.getOrDefault(state, 0L);
  }

  private synchronized double oldestSeconds(SagaState state) {
    look();
    return oldest == null
        ? Double.NaN
        : oldest.getOrDefault(state, Duration.ZERO).toMillis() / 1000.0;
  }

  private void look() {
    long now = System.nanoTime();
    if (lookedNanos == null || now - lookedNanos > LOOK_NANOS) {
      try {
        unfinished = journal.unfinished();
        oldest = journal.oldest();
      } catch (JournalUnavailableException e) {
        unfinished = null;
        oldest = null;
      }
      lookedNanos = System.nanoTime();
    }
  }

  private static String word(SagaState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
