package dev.relevo.saga;

import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's lease. While it holds it, its sagas are its own; others take them over when it has
 * run out.
 */
final class SagaLease {
  private static final Logger LOG = LoggerFactory.getLogger(SagaLease.class);

  private final SagaJournal journal;
  private final SagaSettings settings;
  private final String owner;
  private final ReentrantLock renewing = new ReentrantLock();
  private volatile Long renewedNanos;
  private boolean away;

  SagaLease(SagaJournal journal, SagaSettings settings, String owner) {
    this.journal = journal;
    this.settings = settings;
    this.owner = owner;
  }

  String owner() {
    return owner;
  }

  /** Renews the lease if it is time to. Never throws: it is called again. */
  void renewIfDue() {
    if (isYoungerThan(settings.renewal().toNanos())) {
      return;
    }
    try {
      renew();
      if (away) {
        LOG.info("The saga journal is back");
        away = false;
      }
    } catch (RuntimeException e) {
      if (!away) {
        LOG.warn("The lease could not be renewed and is tried again: {}", e.getMessage());
        away = true;
      }
    }
  }

  /**
   * Returns when the lease is held. A saga begun without one would be anybody's to take.
   *
   * @throws JournalUnavailableException if it is not by {@code until}
   */
  void await(Instant until) {
    Patience.write(
        until,
        () -> {
          if (!isHeld() && !renew()) {
            throw new JournalUnavailableException("The lease has run out", null);
          }
        });
  }

  void release() {
    try {
      renewedNanos = null;
      journal.release(owner);
    } catch (RuntimeException e) {
      LOG.info("The lease is left to run out: {}", e.getMessage());
    }
  }

  /** Renews it, unless another thread is doing so; false then. */
  private boolean renew() {
    if (!renewing.tryLock()) {
      return false;
    }
    try {
      // The lease counts from when the journal wrote it, which is not before this.
      long before = System.nanoTime();
      journal.renew(owner, settings.lease());
      renewedNanos = before;
      return true;
    } finally {
      renewing.unlock();
    }
  }

  private boolean isHeld() {
    return isYoungerThan(settings.lease().toNanos());
  }

  private boolean isYoungerThan(long nanos) {
    Long renewed = renewedNanos;
    return renewed != null && System.nanoTime() - renewed < nanos;
  }
}
