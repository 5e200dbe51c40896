package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One saga on its way to its end, in passes: each goes on where the one before had to stop. */
final class SagaEnding {
  private static final Logger LOG = LoggerFactory.getLogger(SagaEnding.class);
  private static final String FORGOTTEN =
      "Not called: the saga is so old that its participants may have forgotten what they did, and"
          + " would report it as undone without undoing it";

  private final JournaledSagaService service;
  private final SagaFinisher finisher;
  private final String id;
  private final Runnable turn;
  private final CompletableFuture<SagaState> told = new CompletableFuture<>();
  private Saga saga;
  private SagaState inJournal;
  private boolean written;
  private long writtenNanos = System.nanoTime();
  private int journalFailures;

  /**
   * @param saga the saga as it is to be
   * @param inJournal the state in which the journal has it
   */
  SagaEnding(JournaledSagaService service, SagaFinisher finisher, Saga saga, SagaState inJournal) {
    this.service = service;
    this.finisher = finisher;
    this.id = saga.id();
    this.saga = saga;
    this.inJournal = inJournal;
    this.written = saga.state() == inJournal;
    this.turn = service.carry(id, this::pass);
  }

  String sagaId() {
    return id;
  }

  CompletableFuture<SagaState> told() {
    return told;
  }

  void abandon(Throwable cause) {
    told.completeExceptionally(new SagaUnfinishedException(id, saga.state(), cause));
  }

  /**
   * Goes on until the saga has ended or has to wait, in the log's context of the thread that began
   * the ending. Never run twice at a time.
   */
  Runnable turn() {
    return turn;
  }

  private void pass() {
    Duration pause = passUntilPause();
    if (pause == null) {
      finisher.over(this);
    } else {
      finisher.goOn(this, pause);
    }
  }

  /** How long to pause until the next pass; null if none is needed. */
  private Duration passUntilPause() {
    try {
      // In a long queue the saga may have been taken over meanwhile: then no participant is called.
      if (!written || Duration.ofNanos(System.nanoTime() - writtenNanos).compareTo(lease()) > 0) {
        write();
      }
      if (saga.state() == SagaState.PARKED) {
        if (saga.nextTry() == null) {
          abandon(null);
          return null;
        }
        become(saga.to(SagaState.COMPENSATING));
      }
      if (!saga.isOpen()) {
        told.complete(saga.state());
        return null;
      }
      return callAll();
    } catch (SagaTakenOverException e) {
      LOG.info("Saga {} is left to its new owner: {}", id, e.getMessage());
      told.completeExceptionally(e);
      return null;
    } catch (JournalUnavailableException e) {
      LOG.warn("Saga {} waits for its journal: {}", id, e.getMessage());
      return pauseAfter(++journalFailures);
    } catch (RuntimeException e) {
      LOG.error("Saga {} could not be finished and is tried again", id, e);
      return pauseAfter(++journalFailures);
    }
  }

  private Duration lease() {
    return service.settings().lease();
  }

  private Duration callAll() {
    List<Enlistment> steps = saga.enlistments();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Enlistment step = steps.get(i);
      String uri = isCompensating() ? step.compensation() : step.completion();
      if (step.done() || uri == null) {
        continue;
      }
      if (isCompensating() && isOlderThan(service.settings().remembered())) {
        saga = saga.replacing(step.notCalled(FORGOTTEN));
        park(null, FORGOTTEN);
        return null;
      }
      Instant start = Instant.now();
      Exception failure = finisher.call(uri, id, step);
      if (failure != null && service.isEnding()) {
        // It says nothing about the participant: what it needs here may be gone already.
        abandon(failure);
        return null;
      }
      Enlistment called = failure == null ? step.succeeded() : step.failed(Words.of(failure));
      Saga then = saga.replacing(called);
      Duration took = Duration.between(start, Instant.now());
      service.tell(listener -> listener.called(then, called, took, failure));
      if (failure != null) {
        saga = then;
        return postpone(uri, called, failure);
      }
      if (i > 0) {
        become(then);
      } else {
        saga = then;
      }
    }
    become(isCompensating() ? saga.to(SagaState.COMPENSATED) : saga);
    told.complete(saga.state());
    return null;
  }

  private Duration postpone(String uri, Enlistment failed, Exception failure) {
    LOG.warn("Saga {}: {} failed, try {}: {}", id, uri, failed.tries(), failed.lastError());
    boolean refused = isCompensating() && service.outcomes().isFinalRefusal(failure);
    boolean slow = failed.tries() >= service.settings().parkAfter();
    Duration pause = slow ? service.settings().parkedRetry() : pauseAfter(failed.tries());
    if (isCompensating() && (refused || slow)) {
      park(refused ? null : Instant.now().plus(pause), failed.lastError());
    } else {
      become(saga);
      if (!isCompensating()) {
        told.complete(SagaState.COMPLETED);
      }
    }
    return refused ? null : pause;
  }

  private void park(Instant nextTry, String why) {
    LOG.error("Saga {} is PARKED{}: {}", id, nextTry == null ? " and waits for a person" : "", why);
    become(saga.parked(nextTry));
    // Without its cause: error handlers look at causes first and would take the participant's
    // answer to the compensation for the answer to the saga.
    told.completeExceptionally(new SagaUnfinishedException(id, SagaState.PARKED, null));
  }

  private boolean isOlderThan(Duration age) {
    return saga.created().plus(age).isBefore(Instant.now());
  }

  private boolean isCompensating() {
    return saga.state() == SagaState.COMPENSATING;
  }

  private void become(Saga next) {
    saga = next;
    written = false;
    write();
  }

  /** A write whose outcome is unknown is repeated by the next pass, before anything else. */
  private void write() {
    SagaState before = inJournal;
    saga = service.journal().write(before, saga);
    inJournal = saga.state();
    written = true;
    writtenNanos = System.nanoTime();
    journalFailures = 0;
    if (before != inJournal) {
      service.tell(listener -> listener.written(saga));
    }
  }

  private Duration pauseAfter(int failures) {
    SagaSettings settings = service.settings();
    long longest = settings.retryMost().toMillis();
    long pause = Math.min(longest, settings.retryFirst().toMillis() << Math.min(failures - 1, 16));
    return Duration.ofMillis(pause / 2 + ThreadLocalRandom.current().nextLong(pause) / 2 + 1);
  }
}
