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

  private final JournaledSagaService service;
  private final SagaFinisher finisher;
  private final Runnable turn;
  private final CompletableFuture<SagaState> told = new CompletableFuture<>();
  private Saga saga;
  private SagaState inJournal;
  private boolean written;
  private int journalFailures;

  /**
   * @param saga the saga as it is to be
   * @param inJournal the state in which the journal has it
   */
  SagaEnding(JournaledSagaService service, SagaFinisher finisher, Saga saga, SagaState inJournal) {
    this.service = service;
    this.finisher = finisher;
    this.saga = saga;
    this.inJournal = inJournal;
    this.written = saga.state() == inJournal;
    this.turn = service.carry(saga.id(), this::pass);
  }

  CompletableFuture<SagaState> told() {
    return told;
  }

  void abandon(Throwable cause) {
    told.completeExceptionally(new SagaUnfinishedException(saga.id(), saga.state(), cause));
  }

  /**
   * Goes on until the saga has ended or has to wait, in the log's context of the thread that began
   * the ending. Never run twice at a time.
   */
  Runnable turn() {
    return turn;
  }

  private void pass() {
    try {
      if (!written) {
        write();
      }
      if (saga.state() == SagaState.PARKED) {
        if (saga.nextTry() == null) {
          abandon(null);
          return;
        }
        become(saga.to(SagaState.COMPENSATING));
      }
      if (!saga.isOpen()) {
        told.complete(saga.state());
        return;
      }
      callAll();
    } catch (SagaTakenOverException e) {
      LOG.info("Saga {} is left to its new owner: {}", saga.id(), e.getMessage());
      told.completeExceptionally(e);
    } catch (JournalUnavailableException e) {
      LOG.warn("Saga {} waits for its journal: {}", saga.id(), e.getMessage());
      finisher.goOn(this, pauseAfter(++journalFailures));
    } catch (RuntimeException e) {
      LOG.error("Saga {} could not be finished and is tried again", saga.id(), e);
      finisher.goOn(this, pauseAfter(++journalFailures));
    }
  }

  private void callAll() {
    List<Enlistment> steps = saga.enlistments();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Enlistment step = steps.get(i);
      String uri = isCompensating() ? step.compensation() : step.completion();
      if (step.done() || uri == null) {
        continue;
      }
      Instant start = Instant.now();
      Exception failure = finisher.call(uri, saga.id(), step);
      if (failure != null && service.isEnding()) {
        // It says nothing about the participant: what it needs here may be gone already.
        abandon(failure);
        return;
      }
      Enlistment called = failure == null ? step.succeeded() : step.failed(Words.of(failure));
      Saga then = saga.replacing(called);
      Duration took = Duration.between(start, Instant.now());
      service.tell(listener -> listener.called(then, called, took, failure));
      if (failure != null) {
        saga = then;
        postpone(uri, called, failure);
        return;
      }
      if (i > 0) {
        become(then);
      } else {
        saga = then;
      }
    }
    become(isCompensating() ? saga.to(SagaState.COMPENSATED) : saga);
    told.complete(saga.state());
  }

  private void postpone(String uri, Enlistment failed, Exception failure) {
    LOG.warn("Saga {}: {} failed, try {}: {}", saga.id(), uri, failed.tries(), failed.lastError());
    boolean refused = isCompensating() && service.outcomes().isFinalRefusal(failure);
    boolean slow = failed.tries() >= service.settings().parkAfter();
    Duration pause = slow ? service.settings().parkedRetry() : pauseAfter(failed.tries());
    if (isCompensating() && (refused || slow)) {
      LOG.error(
          "Saga {} is PARKED{}: {}",
          saga.id(),
          refused ? " and waits for a person" : "",
          failed.lastError());
      become(saga.parked(refused ? null : Instant.now().plus(pause)));
      // Without its cause: error handlers look at causes first and would take the participant's
      // answer to the compensation for the answer to the saga.
      told.completeExceptionally(new SagaUnfinishedException(saga.id(), SagaState.PARKED, null));
    } else {
      become(saga);
      if (!isCompensating()) {
        told.complete(SagaState.COMPLETED);
      }
    }
    if (!refused) {
      finisher.goOn(this, pause);
    }
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
