package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls what a saga's end calls for, the last enlistment first, until every call has succeeded:
 * compensations, or completions. It never gives up; it only slows down, and says so by parking the
 * saga.
 */
final class SagaFinisher {
  private static final Logger LOG = LoggerFactory.getLogger(SagaFinisher.class);

  private final JournaledSagaService service;
  private final ProducerTemplate producer;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;

  SagaFinisher(
      JournaledSagaService service,
      ProducerTemplate producer,
      ExecutorService workers,
      ScheduledExecutorService timer) {
    this.service = service;
    this.producer = producer;
    this.workers = workers;
    this.timer = timer;
  }

  /** Finishes a saga that the journal already holds as compensating, parked or completed. */
  CompletableFuture<Saga> finish(Saga saga) {
    Run run = new Run(saga, saga.state());
    run.startAfter(Duration.ZERO);
    return run.finished;
  }

  /**
   * Writes down that a running saga is compensated, however long the journal is away, then
   * compensates it.
   */
  CompletableFuture<Saga> compensate(Saga saga) {
    Run run = new Run(saga, SagaState.RUNNING);
    run.startAfter(Duration.ZERO);
    return run.finished;
  }

  private final class Run {
    private final CompletableFuture<Saga> finished = new CompletableFuture<>();
    private Saga saga;
    private SagaState inJournal;
    private int journalFailures;

    Run(Saga saga, SagaState inJournal) {
      this.saga = saga;
      this.inJournal = inJournal;
    }

    void startAfter(Duration pause) {
      try {
        if (pause.isZero()) {
          workers.execute(this::pass);
        } else {
          timer.schedule(
              () -> workers.execute(this::pass), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
      } catch (RejectedExecutionException e) {
        finished.completeExceptionally(new SagaUnfinishedException(saga.id(), saga.state(), e));
      }
    }

    private void pass() {
      try {
        if (saga.state() == SagaState.PARKED) {
          saga = saga.to(SagaState.COMPENSATING, saga.answer(), saga.reason(), null);
        }
        if (inJournal != saga.state()) {
          write(saga);
        }
        for (int i = saga.enlistments().size() - 1; i >= 0; i--) {
          if (!call(saga.enlistments().get(i), i == 0)) {
            return;
          }
        }
        if (saga.state() == SagaState.COMPENSATING) {
          write(saga.to(SagaState.COMPENSATED, saga.answer(), saga.reason(), null));
        } else {
          write(saga);
        }
        finished.complete(saga);
      } catch (SagaTakenOverException e) {
        LOG.info("Saga {} is left to its new owner: {}", saga.id(), e.getMessage());
        finished.completeExceptionally(e);
      } catch (JournalUnavailableException e) {
        LOG.warn("Saga {} waits for its journal: {}", saga.id(), e.getMessage());
        startAfter(pauseAfter(++journalFailures));
      } catch (RuntimeException e) {
        LOG.error("Saga {} could not be finished and is tried again", saga.id(), e);
        startAfter(pauseAfter(++journalFailures));
      }
    }

    /** Calls one enlistment's endpoint; false if the saga has to wait. */
    private boolean call(Enlistment enlistment, boolean last) {
      boolean compensating = saga.state() == SagaState.COMPENSATING;
      String uri = compensating ? enlistment.compensation() : enlistment.completion();
      if (enlistment.done() || uri == null) {
        return true;
      }
      Exception failure = send(uri, enlistment);
      if (failure == null) {
        saga = saga.replacing(enlistment.succeeded());
        if (!last) {
          write(saga);
        }
        return true;
      }
      if (service.isEnding()) {
        finished.completeExceptionally(
            new SagaUnfinishedException(saga.id(), saga.state(), failure));
        return false;
      }
      Enlistment failed = enlistment.failed(Words.of(failure));
      saga = saga.replacing(failed);
      LOG.warn(
          "Saga {}: {} failed, try {}: {}", saga.id(), uri, failed.tries(), failed.lastError());
      postpone(failed, compensating && service.outcomes().isFinalRefusal(failure));
      return false;
    }

    private void postpone(Enlistment failed, boolean refused) {
      boolean park =
          saga.state() == SagaState.COMPENSATING
              && (refused || failed.tries() >= service.settings().parkAfter());
      Duration pause = park ? service.settings().parkedRetry() : pauseAfter(failed.tries());
      if (park) {
        Instant nextTry = refused ? null : Instant.now().plus(pause);
        LOG.error(
            "Saga {} is PARKED{}: {}",
            saga.id(),
            refused ? " and waits for a person" : "",
            failed.lastError());
        write(saga.to(SagaState.PARKED, saga.answer(), failed.lastError(), nextTry));
      } else {
        write(saga);
      }
      if (refused) {
        finished.completeExceptionally(
            new SagaUnfinishedException(saga.id(), SagaState.PARKED, null));
      } else {
        startAfter(pause);
      }
    }

    private Exception send(String uri, Enlistment enlistment) {
      Exchange answer =
          producer.send(
              uri,
              ExchangePattern.InOut,
              exchange -> {
                exchange.getMessage().setHeaders(new HashMap<>(enlistment.options()));
                exchange.getMessage().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, saga.id());
                exchange.getMessage().setHeader(JournaledSagaService.ENLISTMENT, enlistment.no());
              });
      return answer.getException();
    }

    private void write(Saga next) {
      service.journal().write(inJournal, next);
      saga = next;
      inJournal = next.state();
      journalFailures = 0;
    }

    private Duration pauseAfter(int failures) {
      SagaSettings settings = service.settings();
      long longest = settings.retryMost().toMillis();
      long pause =
          Math.min(longest, settings.retryFirst().toMillis() << Math.min(failures - 1, 16));
      return Duration.ofMillis(pause / 2 + ThreadLocalRandom.current().nextLong(pause) / 2 + 1);
    }
  }
}
