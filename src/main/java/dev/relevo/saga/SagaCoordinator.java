package dev.relevo.saga;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One saga in the process that runs it. Everything is written to the journal before it is done, and
 * each call returns when it is done, on the thread that made it: so the exchange never runs ahead.
 */
final class SagaCoordinator implements CamelSagaCoordinator {
  private static final Logger LOG = LoggerFactory.getLogger(SagaCoordinator.class);

  private enum Row {
    ABSENT,
    UNCERTAIN,
    WRITTEN
  }

  private final JournaledSagaService service;
  private final ReentrantLock lock = new ReentrantLock();
  private final SagaEnd end;
  private volatile Saga saga;
  private Row row;
  private boolean deadlineNamed;

  /**
   * A saga that is not yet in the journal.
   *
   * @param deadlineNamed whether its deadline was asked for, so that a step's time-out can only
   *     shorten it
   */
  static SagaCoordinator begun(JournaledSagaService service, Saga saga, boolean deadlineNamed) {
    return new SagaCoordinator(service, saga, Row.ABSENT, deadlineNamed);
  }

  /** A saga that another exchange, perhaps in another process, has begun. */
  static SagaCoordinator joined(JournaledSagaService service, Saga saga) {
    return new SagaCoordinator(service, saga, Row.WRITTEN, true);
  }

  /** A saga that is not running any more. */
  static SagaCoordinator over(JournaledSagaService service, Saga saga) {
    SagaCoordinator coordinator = joined(service, saga);
    if (saga.state().isFinal()) {
      coordinator.end.set(coordinator, saga.state(), null);
    } else {
      String where = "Saga " + saga.id() + " is " + saga.state() + " elsewhere";
      coordinator.end.set(coordinator, null, new SagaTakenOverException(where, null));
    }
    return coordinator;
  }

  private SagaCoordinator(JournaledSagaService service, Saga saga, Row row, boolean deadlineNamed) {
    this.service = service;
    this.saga = saga;
    this.row = row;
    this.deadlineNamed = deadlineNamed;
    this.end = new SagaEnd(service, saga.id());
  }

  @Override
  public String getId() {
    return saga.id();
  }

  @Override
  public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
    return answer(
        () -> {
          Map<String, Object> options = OptionValues.of(exchange, step);
          lock.lock();
          try {
            return enlist(exchange, step, options);
          } finally {
            lock.unlock();
          }
        });
  }

  private Void enlist(Exchange exchange, CamelSagaStep step, Map<String, Object> options) {
    requireRunning();
    step.getTimeoutInMilliseconds().ifPresent(this::limit);
    if (isOverdue(Instant.now())) {
      throw new SagaTimedOutException(saga.id());
    }
    if (step.getCompensation().isPresent() || step.getCompletion().isPresent()) {
      int no = saga.enlistments().size() + 1;
      persist(
          saga.with(
              Enlistment.of(
                  no,
                  step.getCompensation().map(Endpoint::getEndpointUri).orElse(null),
                  step.getCompletion().map(Endpoint::getEndpointUri).orElse(null),
                  options)));
      exchange.getMessage().setHeader(JournaledSagaService.ENLISTMENT, no);
    }
    return null;
  }

  @Override
  public CompletableFuture<Void> complete(Exchange exchange) {
    return answer(
        () -> {
          RuntimeException failure = null;
          lock.lock();
          try {
            if (isRunning()) {
              writeCompleted(exchange);
            }
          } catch (RuntimeException e) {
            LOG.warn("Saga {} cannot be completed: {}", saga.id(), Words.of(e));
            failure = e;
            startCompensation(null, Words.of(e));
          } finally {
            lock.unlock();
          }
          SagaState state = end.await(saga);
          if (failure != null) {
            throw failure;
          }
          if (state != SagaState.COMPLETED) {
            throw notRunning();
          }
          return null;
        });
  }

  private void writeCompleted(Exchange exchange) {
    StoredAnswer answer = service.outcomes().completed(exchange).orElse(null);
    Instant until = saga.deadline().plus(service.settings().callerGrace());
    try {
      if (row == Row.UNCERTAIN) {
        insert(saga, until);
      }
      Saga completed = saga.completed(answer);
      if (row == Row.WRITTEN) {
        saga = Patience.read(until, () -> service.journal().write(SagaState.RUNNING, completed));
        service.tell(listener -> listener.written(saga));
      } else if (saga.key() != null) {
        insert(completed, until);
      } else {
        saga = completed;
      }
    } catch (JournalUnavailableException e) {
      // Whether it completed is not known: nothing may be undone, nothing may be promised. Recovery
      // compensates the saga past its deadline if it finds it running.
      end.set(this, null, new SagaUnfinishedException(saga.id(), SagaState.RUNNING, e));
      return;
    } catch (SagaTakenOverException | SagaKeyTakenException e) {
      end.set(this, null, e);
      return;
    }
    if (saga.isOpen()) {
      service.finisher().finish(saga).whenComplete((state, e) -> end.set(this, state, e));
    } else {
      end.set(this, SagaState.COMPLETED, null);
    }
  }

  @Override
  public CompletableFuture<Void> compensate(Exchange exchange) {
    return answer(
        () -> {
          Exception cause = exchange.getException();
          StoredAnswer refusal = cause == null ? null : refusal(exchange);
          boolean begun;
          lock.lock();
          try {
            if (saga.state() == SagaState.COMPLETED) {
              throw new SagaEndedException("Saga " + saga.id() + " is COMPLETED");
            }
            begun =
                startCompensation(
                    refusal, cause == null ? "The route asked for it" : Words.of(cause));
          } finally {
            lock.unlock();
          }
          end.await(saga);
          if (!begun && refusal != null && !refusal.equals(saga.answer())) {
            // It was being compensated for another reason, so this answer is not the key's.
            throw notRunning();
          }
          return null;
        });
  }

  /** Compensates the saga if its time is over and nobody is at it at this moment. */
  void timeOutIfOverdue(Instant now) {
    if (!isOverdue(now) || !lock.tryLock()) {
      return;
    }
    try {
      startCompensation(null, "Its deadline has passed");
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was for this call to start it. */
  private boolean startCompensation(StoredAnswer refusal, String reason) {
    if (!isRunning()) {
      return false;
    }
    if (row == Row.ABSENT) {
      end.set(this, SagaState.COMPENSATED, null);
      return true;
    }
    saga = saga.compensating(refusal, reason);
    CompletableFuture<SagaState> undone = service.finisher().compensate(saga);
    if (row == Row.UNCERTAIN) {
      // Its first step has not acted: nobody has to wait until it is known whether it was written.
      end.set(this, SagaState.COMPENSATED, null);
    } else {
      undone.whenComplete((state, e) -> end.set(this, state, e));
    }
    return true;
  }

  private void persist(Saga next) {
    if (row == Row.WRITTEN) {
      saga = Patience.read(next.deadline(), () -> service.journal().write(next.state(), next));
    } else {
      insert(next, next.deadline());
    }
  }

  private void insert(Saga first, Instant until) {
    service.lease().await(until);
    boolean uncertain = row == Row.UNCERTAIN;
    row = Row.UNCERTAIN;
    try {
      Patience.write(until, () -> service.journal().begin(first));
    } catch (SagaKeyTakenException e) {
      row = Row.ABSENT;
      throw e;
    }
    row = Row.WRITTEN;
    saga = first;
    service.tell(listener -> listener.written(first));
    if (uncertain) {
      // The row may be an earlier try's, with another first step.
      persist(first);
    }
  }

  private void limit(long timeoutMillis) {
    Instant latest = Instant.now().plusMillis(timeoutMillis);
    if (!deadlineNamed || latest.isBefore(saga.deadline())) {
      saga = saga.until(latest);
      deadlineNamed = true;
    }
  }

  private boolean isRunning() {
    return saga.state() == SagaState.RUNNING && !end.isKnown();
  }

  private boolean isOverdue(Instant now) {
    return isRunning() && now.isAfter(saga.deadline());
  }

  private void requireRunning() {
    if (!isRunning()) {
      throw notRunning();
    }
  }

  private RuntimeException notRunning() {
    return Instant.now().isAfter(saga.deadline())
        ? new SagaTimedOutException(saga.id())
        : new SagaEndedException("Saga " + saga.id() + " is not running any more");
  }

  private StoredAnswer refusal(Exchange exchange) {
    try {
      return service.outcomes().refused(exchange).orElse(null);
    } catch (RuntimeException e) {
      LOG.error("Saga {} is compensated without an answer", saga.id(), e);
      return null;
    }
  }

  private static CompletableFuture<Void> answer(Supplier<Void> work) {
    try {
      return CompletableFuture.completedFuture(work.get());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
