package dev.relevo.saga;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finishes the sagas of processes that lost their lease, and removes old ones. */
final class SagaRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(SagaRecovery.class);
  private static final int PURGE_BATCH = 500;
  private static final int MOST_BATCHES = 20;

  private static final int SCANS_PER_SEARCH = 10;

  private final JournaledSagaService service;
  private final SagaJournal.Taker taker;
  private int scans;

  SagaRecovery(JournaledSagaService service, String owner) {
    this.service = service;
    this.taker = new SagaJournal.Taker(owner, service.settings().lease());
  }

  /**
   * Takes over what is due, and finds what it owns unknowingly. Never throws: it is called again.
   */
  void scan() {
    SagaSettings settings = service.settings();
    attempt(
        () -> {
          List<SagaJournal.Takeover> taken;
          do {
            taken = service.journal().takeOver(taker, settings.overdue(), settings.batch());
            taken.forEach(this::finish);
          } while (taken.size() == settings.batch());
          if (++scans % SCANS_PER_SEARCH == 0) {
            finishWhatNobodyIsAt();
          }
        });
  }

  /**
   * A commit whose answer was lost may have given this process a saga that no thread of it knows.
   */
  private void finishWhatNobodyIsAt() {
    List<String> owned = service.journal().finishing(taker.owner());
    for (String id : service.withoutThoseAtWork(owned)) {
      service
          .journal()
          .retake(taker.owner(), id)
          .ifPresent(
              saga -> {
                LOG.warn("Saga {}, which nobody here was at, is gone on with", saga.id());
                service.finisher().finish(saga);
              });
    }
  }

  /** Removes what is old, in small batches. Never throws: it is called again. */
  void purge() {
    Duration keep = service.settings().keep();
    attempt(
        () -> {
          int batches = 0;
          while (service.journal().purge(keep, PURGE_BATCH) == PURGE_BATCH
              && batches < MOST_BATCHES) {
            batches++;
          }
        });
  }

  /** Takes one saga over if its owner's lease has run out; false if it has not. */
  boolean takeOver(String id) {
    Optional<SagaJournal.Takeover> taken = service.journal().takeOverIfExpired(taker, id);
    taken.ifPresent(this::finish);
    return taken.isPresent();
  }

  private void finish(SagaJournal.Takeover takeover) {
    Saga saga = takeover.saga();
    LOG.warn("Saga {} is taken over and {}: {}", saga.id(), saga.state(), saga.reason());
    service.tell(listener -> listener.takenOver(saga, takeover.late()));
    service.finisher().finish(saga);
  }

  private void attempt(Runnable work) {
    try {
      if (service.getCamelContext().isStarted()) {
        work.run();
      }
    } catch (JournalUnavailableException e) {
      LOG.debug("The saga journal is away: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Looking after the saga journal failed and is tried again", e);
    }
  }
}
