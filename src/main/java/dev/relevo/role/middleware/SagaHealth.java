package dev.relevo.role.middleware;

import dev.relevo.saga.JournalUnavailableException;
import dev.relevo.saga.JournaledSagaService;
import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaState;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * The sagas that have not ended, as a detail of the health. A parked one is an operator's concern
 * and keeps no order from being placed, so it takes nothing away from the health.
 */
final class SagaHealth implements HealthIndicator {
  private static final int NAMED = 10;

  private final JournaledSagaService sagas;
  private final UnfinishedSagas unfinished;

  SagaHealth(JournaledSagaService sagas, UnfinishedSagas unfinished) {
    this.sagas = sagas;
    this.unfinished = unfinished;
  }

  @Override
  public Health health() {
    try {
      Health.Builder health = Health.up();
      UnfinishedSagas.Look look = unfinished.latest();
      look.byName().forEach(health::withDetail);
      if (look.counts().containsKey(SagaState.PARKED)) {
        health.withDetail(
            "parked-sagas",
            sagas.list(SagaState.PARKED, NAMED, null).stream().map(Saga::id).toList());
      }
      return health.build();
    } catch (JournalUnavailableException e) {
      return Health.outOfService().withDetail("reason", "The saga journal gives no answer").build();
    }
  }
}
