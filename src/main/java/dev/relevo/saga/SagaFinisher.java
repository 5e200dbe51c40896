package dev.relevo.saga;

import java.time.Duration;
import java.util.HashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;

/**
 * Calls what a saga's end calls for, the last enlistment first, until every call has succeeded:
 * compensations, or completions. It never gives up; it only slows down, and says so by parking the
 * saga.
 */
final class SagaFinisher {
  private final JournaledSagaService service;
  private final ProducerTemplate producer;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;
  private final Set<SagaEnding> endings = ConcurrentHashMap.newKeySet();

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

  /**
   * Finishes a saga that the journal already holds as compensating or completed.
   *
   * @return the final state; fails with {@link SagaUnfinishedException} when the saga is parked,
   *     and with {@link SagaTakenOverException} when it is in other hands. A completed saga's
   *     callers are told so after one try of each completion: it stays completed whatever they say
   */
  CompletableFuture<SagaState> finish(Saga saga) {
    return start(new SagaEnding(service, this, saga, saga.state()));
  }

  /**
   * Writes down that a running saga is compensated, however long the journal is away, then
   * compensates it; returns as {@link #finish} does.
   */
  CompletableFuture<SagaState> compensate(Saga saga) {
    return start(new SagaEnding(service, this, saga, SagaState.RUNNING));
  }

  private CompletableFuture<SagaState> start(SagaEnding ending) {
    endings.add(ending);
    goOn(ending, Duration.ZERO);
    return ending.told();
  }

  /** Nothing more is to be done here about an ending. */
  void over(SagaEnding ending) {
    endings.remove(ending);
  }

  /** The ids of the sagas that it is at. */
  Set<String> ids() {
    return endings.stream().map(SagaEnding::sagaId).collect(Collectors.toSet());
  }

  /** Lets a worker go on with it after a pause. When the service ends, others will. */
  void goOn(SagaEnding ending, Duration pause) {
    try {
      if (pause.isZero()) {
        workers.execute(ending.turn());
      } else {
        timer.schedule(() -> goOn(ending, Duration.ZERO), pause.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (RejectedExecutionException e) {
      ending.abandon(e);
      over(ending);
    }
  }

  /**
   * Calls a compensation or completion.
   *
   * @return what it failed with; null if it succeeded
   */
  Exception call(String uri, String sagaId, Enlistment enlistment) {
    try {
      return producer
          .send(
              uri,
              ExchangePattern.InOut,
              exchange -> {
                exchange.getMessage().setHeaders(new HashMap<>(enlistment.options()));
                exchange.getMessage().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, sagaId);
                exchange.getMessage().setHeader(JournaledSagaService.ENLISTMENT, enlistment.no());
              })
          .getException();
    } catch (RuntimeException e) {
      // The endpoint is not one of this application, or cannot be created.
      return e;
    }
  }
}
