package dev.relevo.role.middleware;

import dev.relevo.http.Problem;
import dev.relevo.http.ProblemDetails;
import dev.relevo.http.ProblemType;
import dev.relevo.saga.JournalUnavailableException;
import dev.relevo.saga.JournaledSagaService;
import dev.relevo.saga.SagaInProgressException;
import dev.relevo.saga.SagaKeyReusedException;
import dev.relevo.saga.SagaState;
import dev.relevo.saga.SagaTakenOverException;
import dev.relevo.saga.SagaUnfinishedException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what keeps a saga from answering; named by {@code routes/saga-problems.camel.yaml}. */
public final class SagaProblems {
  private static final Logger LOG = LoggerFactory.getLogger(SagaProblems.class);

  private final Duration retryAfter;

  SagaProblems(Duration retryAfter) {
    this.retryAfter = retryAfter;
  }

  /** Answers with the problem that the exchange's failure is. */
  public void answer(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    String saga = exchange.getProperty(JournaledSagaService.SAGA_ID, String.class);
    if (failure instanceof SagaKeyReusedException) {
      LOG.debug("{}", failure.getMessage());
    } else {
      LOG.warn("Saga {} gives no answer: {}", saga, failure.toString());
    }
    ProblemDetails.answer(exchange, problem(failure, saga));
  }

  private Problem problem(Throwable failure, String begun) {
    if (failure instanceof SagaKeyReusedException) {
      return Problem.of(
          ProblemType.IDEMPOTENCY_KEY_REUSED,
          "This Idempotency-Key came before with another order; use a new key for a new order.");
    }
    if (failure instanceof SagaInProgressException running) {
      return Problem.of(
              ProblemType.IDEMPOTENCY_IN_PROGRESS,
              "The first request with this Idempotency-Key is still running; repeat it for the answer.")
          .with("saga_id", running.sagaId())
          .retryAfter(retryAfter);
    }
    Problem away = Problem.of(ProblemType.UNAVAILABLE, detail(failure)).retryAfter(retryAfter);
    String saga = failure instanceof SagaUnfinishedException u ? u.sagaId() : begun;
    // Whether a saga was begun is not known without its journal.
    return saga == null || isUnknown(failure) ? away : away.with("saga_id", saga);
  }

  private static boolean isUnknown(Throwable failure) {
    return failure instanceof JournalUnavailableException
        || failure instanceof SagaTakenOverException;
  }

  private static String detail(Throwable failure) {
    if (isUnknown(failure)) {
      return "The saga journal gives no answer at this moment; an order that was sent is known by its"
          + " Idempotency-Key, so repeat it with the same one.";
    }
    if (!(failure instanceof SagaUnfinishedException unfinished)) {
      return "The order could not be placed in time, and what was done for it is undone.";
    }
    return unfinished.state() == SagaState.PARKED
        ? "The order is being undone, which an operator has to help with."
        : "Whether the order came about is not known yet; repeat it with the same Idempotency-Key.";
  }
}
