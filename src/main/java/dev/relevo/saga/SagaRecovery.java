package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this process's lease and finishes the sagas of processes that lost theirs.
 *
 * <p>After a gap in which the journal could not be reached, everybody's lease has run out without
 * anybody having died. So this process first renews its own, and takes nothing over until it has
 * reached the journal for one full lease.
 */
final class SagaRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(SagaRecovery.class);
  private static final int PURGE_BATCH = 500;
  private static final Duration PURGE_EVERY = Duration.ofSeconds(30);

  private final JournaledSagaService service;
  private final String owner;
  private Instant renewed = Instant.EPOCH;
  private volatile Instant reachableSince = Instant.MAX;
  private Instant purged = Instant.now();

  SagaRecovery(JournaledSagaService service, String owner) {
    this.service = service;
    this.owner = owner;
  }

  /** Does what is due. Never throws: it is called again. */
  synchronized void tick() {
    try {
      renew();
      if (mayTakeOver()) {
        takeOverExpired();
        purge();
      }
    } catch (JournalUnavailableException e) {
      LOG.warn("The saga journal is away: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Looking after the saga journal failed and is tried again", e);
    }
  }

  boolean takeOver(String id) {
    if (!mayTakeOver()) {
      return false;
    }
    Optional<Saga> saga = service.journal().takeOver(owner, id, true);
    saga.ifPresent(this::finish);
    return saga.isPresent();
  }

  void release() {
    try {
      service.journal().release(owner);
    } catch (RuntimeException e) {
      LOG.info("The lease is left to run out: {}", e.getMessage());
    }
  }

  private void renew() {
    SagaSettings settings = service.settings();
    Instant now = Instant.now();
    if (Duration.between(renewed, now).compareTo(settings.renewal()) < 0) {
      return;
    }
    service.journal().renew(owner, settings.lease());
    Instant done = Instant.now();
    if (Duration.between(renewed, done).compareTo(settings.lease()) > 0) {
      reachableSince = done;
    }
    renewed = done;
  }

  private boolean mayTakeOver() {
    Instant now = Instant.now();
    Duration lease = service.settings().lease();
    return !reachableSince.equals(Instant.MAX)
        && Duration.between(reachableSince, now).compareTo(lease) >= 0
        && Duration.between(renewed, now).compareTo(lease) < 0;
  }

  private void takeOverExpired() {
    SagaSettings settings = service.settings();
    List<Saga> taken;
    do {
      taken = service.journal().takeOver(owner, settings.overdue(), settings.batch());
      taken.forEach(this::finish);
    } while (taken.size() == settings.batch());
  }

  private void finish(Saga saga) {
    LOG.warn("Saga {} is taken over and {}: {}", saga.id(), saga.state(), saga.reason());
    service.finisher().finish(saga);
  }

  private void purge() {
    Instant now = Instant.now();
    if (Duration.between(purged, now).compareTo(PURGE_EVERY) >= 0) {
      purged = now;
      service.journal().purge(now.minus(service.settings().keep()), PURGE_BATCH);
    }
  }
}
