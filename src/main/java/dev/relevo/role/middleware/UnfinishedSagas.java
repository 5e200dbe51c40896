package dev.relevo.role.middleware;

import dev.relevo.saga.JournalUnavailableException;
import dev.relevo.saga.SagaJournal;
import dev.relevo.saga.SagaState;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sagas that have not ended, as the journal had them at most a second ago. Everybody may ask
 * for them, as often as he likes, and the journal's connections are those that orders need.
 */
final class UnfinishedSagas {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SagaJournal journal;
  // Not a monitor: whoever waits for the journal in one would keep a thread of the orders' from it.
  private final ReentrantLock lock = new ReentrantLock();
  private Look look;
  private JournalUnavailableException failure;
  private Long lookedNanos;

  /**
   * What one look has found.
   *
   * @param counts how many there are in each state that has any
   * @param oldest the age of the oldest in each of these states
   */
  record Look(Map<SagaState, Long> counts, Map<SagaState, Duration> oldest) {
    /** The counts, by the states' names in small letters. */
    Map<String, Long> byName() {
      Map<String, Long> named = new TreeMap<>();
      counts.forEach((state, count) -> named.put(state.name().toLowerCase(Locale.ROOT), count));
      return named;
    }
  }

  UnfinishedSagas(SagaJournal journal) {
    this.journal = journal;
  }

  /**
   * The latest look, which is made now if the last one is a second old.
   *
   * @throws JournalUnavailableException if the journal gave no answer to it
   */
  Look latest() {
    lock.lock();
    try {
      if (lookedNanos == null || System.nanoTime() - lookedNanos > FRESH_NANOS) {
        look();
      }
      if (failure != null) {
        throw new JournalUnavailableException(failure.getMessage(), failure);
      }
      return look;
    } finally {
      lock.unlock();
    }
  }

  private void look() {
    try {
      look = new Look(journal.unfinished(), journal.oldest());
      failure = null;
    } catch (JournalUnavailableException e) {
      failure = e;
    }
    lookedNanos = System.nanoTime();
  }
}
