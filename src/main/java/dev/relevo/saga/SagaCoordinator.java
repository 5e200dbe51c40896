package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;

/**
 * One saga in the process that runs it. Everything is written to the journal before it is done; the
 * futures complete when it is done, so the exchange that waits for them never runs ahead.
 */
final class SagaCoordinator implements CamelSagaCoordinator {
  private enum Row {
    ABSENT,
    UNCERTAIN,
    WRITTEN
  }

  private final JournaledSagaService service;
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Saga> ended = new CompletableFuture<>();
  private volatile Saga saga;
  private Row row;
  private volatile Instant deadline;

  /** A saga that is not yet in the journal. */
  static SagaCoordinator begun(JournaledSagaService service, Saga saga) {
    return new SagaCoordinator(service, saga, Row.ABSENT);
  }

  /** A saga that another exchange, perhaps in another process, has begun. */
  static SagaCoordinator joined(JournaledSagaService service, Saga saga) {
    return new SagaCoordinator(service, saga, Row.WRITTEN);
  }

  private SagaCoordinator(JournaledSagaService service, Saga saga, Row row) {
    this.service = service;
    this.saga = saga;
    this.row = row;
    this.deadline = saga.deadline();
  }

  @Override
  public String getId() {
    return saga.id();
  }

  @Override
  public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
    lock.lock();
    try {
      requireRunning();
      step.getTimeoutInMilliseconds().ifPresent(this::shorten);
      if (step.getCompensation().isEmpty() && step.getCompletion().isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      int no = saga.enlistments().size() + 1;
      Saga next =
          saga.with(
              Enlistment.of(
                  no,
                  step.getCompensation().map(Endpoint::getEndpointUri).orElse(null),
                  step.getCompletion().map(Endpoint::getEndpointUri).orElse(null),
                  options(exchange, step)));
      if (row == Row.WRITTEN) {
        Patience.write(deadline, () -> service.journal().write(SagaState.RUNNING, next));
      } else {
        insert(next);
      }
      saga = next;
      exchange.getMessage().setHeader(JournaledSagaService.ENLISTMENT, no);
      return CompletableFuture.completedFuture(null);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CompletableFuture<Void> complete(Exchange exchange) {
    lock.lock();
    try {
      if (saga.state() == SagaState.COMPLETED) {
        return waitForEnd();
      }
      requireState();
      Saga completed =
          saga.to(
              SagaState.COMPLETED, service.outcomes().completed(exchange).orElse(null), null, null);
      if (row == Row.WRITTEN) {
        Patience.write(
            deadline.plus(service.settings().callerGrace()),
            () -> service.journal().write(SagaState.RUNNING, completed));
      } else if (saga.key() != null) {
        insert(completed);
      }
      saga = completed;
      if (completed.enlistments().stream().allMatch(e -> e.completion() == null)) {
        end(completed, null);
        return CompletableFuture.completedFuture(null);
      }
      service.finisher().finish(completed).whenComplete(this::end);
      return waitForEnd();
    } catch (JournalUnavailableException e) {
      // Whether it completed is not known: nothing may be undone, nothing may be promised. Recovery
      // compensates the saga past its deadline if it finds it running.
      Exception unfinished = new SagaUnfinishedException(saga.id(), SagaState.RUNNING, e);
      end(null, unfinished);
      return CompletableFuture.failedFuture(unfinished);
    } catch (RuntimeException e) {
      end(null, e);
      return CompletableFuture.failedFuture(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CompletableFuture<Void> compensate(Exchange exchange) {
    Exception cause = exchange.getException();
    StoredAnswer answer = cause == null ? null : service.outcomes().refused(exchange).orElse(null);
    return compensate(answer, cause == null ? "The route asked for it" : Words.of(cause));
  }

  /** Compensates a saga that nobody else has ended, because its time is over. */
  void timeOut() {
    compensate(null, "Its deadline has passed");
  }

  boolean isOverdue(Instant now) {
    return saga.state() == SagaState.RUNNING && now.isAfter(deadline);
  }

  private CompletableFuture<Void> compensate(StoredAnswer answer, String reason) {
    lock.lock();
    try {
      if (ended.isDone() || saga.state() == SagaState.COMPENSATING) {
        return waitForEnd();
      }
      if (saga.state() == SagaState.COMPLETED) {
        return CompletableFuture.failedFuture(
            new IllegalStateException("Saga " + saga.id() + " is COMPLETED"));
      }
      if (row == Row.ABSENT) {
        end(null, null);
        return CompletableFuture.completedFuture(null);
      }
      saga = saga.to(SagaState.COMPENSATING, answer, reason, null);
      boolean uncertain = row == Row.UNCERTAIN;
      service
          .finisher()
          .compensate(saga)
          .whenComplete(
              (last, e) ->
                  // A row that turns out never to have been written has nothing to undo.
                  end(last, uncertain && e instanceof SagaTakenOverException ? null : e));
      return waitForEnd();
    } finally {
      lock.unlock();
    }
  }

  private void insert(Saga first) {
    row = Row.UNCERTAIN;
    try {
      Patience.write(deadline, () -> service.journal().begin(first));
      row = Row.WRITTEN;
    } catch (SagaKeyTakenException e) {
      row = Row.ABSENT;
      throw e;
    }
    saga = first;
  }

  private void end(Saga last, Throwable failure) {
    service.forget(this);
    if (failure == null) {
      ended.complete(last);
    } else {
      ended.completeExceptionally(failure);
    }
  }

  /** Waits for the end, but no longer than a caller is kept waiting. */
  private CompletableFuture<Void> waitForEnd() {
    if (ended.isDone()) {
      return ended.thenApply(end -> null);
    }
    long millis =
        Math.max(
            1,
            Duration.between(Instant.now(), deadline.plus(service.settings().callerGrace()))
                .toMillis());
    SagaState state = saga.state();
    return ended
        .copy()
        .<Void>thenApply(end -> null)
        .orTimeout(millis, TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            e ->
                CompletableFuture.failedFuture(
                    new SagaUnfinishedException(saga.id(), state, Words.rootOf(e))));
  }

  private void requireState() {
    if (saga.state() != SagaState.RUNNING) {
      throw new SagaEndedException("Saga " + saga.id() + " is " + saga.state());
    }
  }

  private void requireRunning() {
    requireState();
    if (isOverdue(Instant.now())) {
      throw new SagaEndedException("The deadline of saga " + saga.id() + " has passed");
    }
  }

  private void shorten(long timeoutMillis) {
    Instant end = Instant.now().plusMillis(timeoutMillis);
    if (end.isBefore(deadline)) {
      deadline = end;
    }
  }

  private static Map<String, Object> options(Exchange exchange, CamelSagaStep step) {
    Map<String, Object> values = new HashMap<>();
    for (Map.Entry<String, Expression> option : step.getOptions().entrySet()) {
      Object value = option.getValue().evaluate(exchange, Object.class);
      if (value instanceof Number || value instanceof Boolean || value instanceof String) {
        values.put(option.getKey(), value);
      } else if (value != null) {
        values.put(
            option.getKey(),
            exchange.getContext().getTypeConverter().convertTo(String.class, exchange, value));
      }
    }
    return values;
  }
}
