package dev.relevo.role.middleware;

import dev.relevo.http.Problem;
import dev.relevo.http.ProblemDetails;
import dev.relevo.http.ProblemType;
import dev.relevo.saga.SagaInProgressException;
import dev.relevo.saga.SagaKeyReusedException;
import dev.relevo.saga.SagaState;
import dev.relevo.saga.SagaUnfinishedException;
import java.time.Duration;
import org.apache.camel.Exchange;

/** Says what keeps a saga from answering; named by {@code routes/saga-problems.camel.yaml}. */
public final class SagaProblems {
  private final Duration retryAfter;

  SagaProblems(Duration retryAfter) {
    this.retryAfter = retryAfter;
  }

  /** Answers with the problem that the exchange's failure is. */
  public void answer(Exchange exchange) {
    ProblemDetails.answer(
        exchange, problem(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
  }

  private Problem problem(Throwable failure) {
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
    Problem away =
        Problem.of(
                ProblemType.UNAVAILABLE,
                failure instanceof SagaUnfinishedException unfinished
                        && unfinished.state() == SagaState.PARKED
                    ? "The order is being undone, which an operator has to help with."
                    : "Whether the order came about is not known yet; repeat it with the same Idempotency-Key.")
            .retryAfter(retryAfter);
    return failure instanceof SagaUnfinishedException unfinished
        ? away.with("saga_id", unfinished.sagaId())
        : away;
  }
}
