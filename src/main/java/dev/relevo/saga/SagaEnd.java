package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The end of a saga, as those that wait for it are told. */
final class SagaEnd {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final JournaledSagaService service;
  private final String id;
  private final CompletableFuture<SagaState> known = new CompletableFuture<>();

  SagaEnd(JournaledSagaService service, String id) {
    this.service = service;
    this.id = id;
  }

  /** Tells everybody; exactly one of state and failure is given. */
  void set(SagaCoordinator coordinator, SagaState state, Throwable failure) {
    service.forget(coordinator);
    if (failure == null) {
      known.complete(state);
    } else {
      known.completeExceptionally(failure);
    }
  }

  boolean isKnown() {
    return known.isDone();
  }

  /**
   * Waits for the saga's end, but not longer than a caller is kept waiting.
   *
   * @return the final state
   * @throws SagaUnfinishedException if there is none in time, or the saga is parked
   * @throws SagaTakenOverException if the saga has ended in other hands, so that its answer is not
   *     known here
   */
  SagaState await(Saga saga) {
    Instant until = callerLeaves(saga);
    try {
      long millis = Math.max(1, Duration.between(Instant.now(), until).toMillis());
      return known.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new SagaUnfinishedException(id, saga.state(), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SagaUnfinishedException(id, saga.state(), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SagaTakenOverException takenOver) {
        follow(until);
        throw takenOver;
      }
      throw (RuntimeException) e.getCause();
    }
  }

  private Instant callerLeaves(Saga saga) {
    Instant latest = Instant.now().plus(service.settings().deadline());
    Instant deadline = saga.deadline().isBefore(latest) ? saga.deadline() : latest;
    return deadline.plus(service.settings().callerGrace());
  }

  /** Waits until the saga's new owner has brought it to an end. */
  private void follow(Instant until) {
    while (true) {
      Optional<Saga> row = Patience.read(until, () -> service.journal().find(id));
      if (row.isEmpty() || row.get().state().isFinal()) {
        return;
      }
      SagaState state = row.get().state();
      if (state == SagaState.PARKED || !Instant.now().isBefore(until)) {
        throw new SagaUnfinishedException(id, state, null);
      }
      Patience.pause(LOOK_AGAIN);
    }
  }
}
