package dev.relevo.http;

import java.time.Duration;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a failure of a route into the answer; named by {@code routes/problem-details.camel.yaml}.
 */
public final class ProblemDetails {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemDetails.class);

  /** Exchange property with the idempotency key that goes back with whatever the answer is. */
  public static final String KEY = "IdempotencyKey";

  /** Exchange property with the id of the saga that was begun, which goes back likewise. */
  public static final String SAGA = "SagaId";

  private final Duration retryAfter;

  /**
   * @param retryAfter when to try again after a failure that passes
   */
  public ProblemDetails(Duration retryAfter) {
    this.retryAfter = retryAfter;
  }

  /** Whether the exchange's failure passes by itself. */
  public boolean isTransient(Exchange exchange) {
    return Transience.isTransient(failureOf(exchange));
  }

  /** Answers with the problem that was thrown. */
  public void refuse(Exchange exchange) {
    answer(exchange, refusalIn(failureOf(exchange)));
  }

  /** Answers 503 with {@code Retry-After}; one line goes to the log. */
  public void unavailable(Exchange exchange) {
    answer(exchange, unavailable(ExchangeHelper.getRouteId(exchange), failureOf(exchange)));
  }

  /** Answers 500 with a reference under which the log has the stack trace. */
  public void fail(Exchange exchange) {
    answer(exchange, failed(ExchangeHelper.getRouteId(exchange), failureOf(exchange)));
  }

  /**
   * The answer to a failure of any kind, for what fails outside of a route that names
   * problem-details.
   */
  Problem problemFor(String where, Throwable failure) {
    Problem refusal = refusalIn(failure);
    if (refusal != null) {
      return refusal;
    }
    return Transience.isTransient(failure) ? unavailable(where, failure) : failed(where, failure);
  }

  private static Problem refusalIn(Throwable failure) {
    ProblemException refusal = ObjectHelper.getException(ProblemException.class, failure);
    return refusal == null ? null : refusal.problem();
  }

  private Problem unavailable(String where, Throwable failure) {
    LOG.warn("{} can't be served now: {}", where, rootOf(failure).toString());
    return Problem.of(
            ProblemType.UNAVAILABLE,
            "A part that is needed is away for the moment; please try again.")
        .retryAfter(retryAfter);
  }

  /** The answer while the role takes no requests for that reason, a sentence for clients. */
  Problem unavailable(String reason) {
    return Problem.of(ProblemType.UNAVAILABLE, reason).retryAfter(retryAfter);
  }

  private static Problem failed(String where, Throwable failure) {
    String reference = UUID.randomUUID().toString();
    LOG.error("{} failed, reference {}", where, reference, failure);
    return Problem.of(
            ProblemType.INTERNAL_ERROR, "Please report it with the reference " + reference + ".")
        .with("reference", reference);
  }

  /** Makes the problem the exchange's answer. */
  public static void answer(Exchange exchange, Problem problem) {
    Message message = exchange.getMessage();
    message.removeHeaders("*");
    returnName(exchange, KEY, "Idempotency-Key");
    returnName(exchange, SAGA, "Saga-Id");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, problem.status());
    message.setHeader(Exchange.CONTENT_TYPE, Problem.MEDIA_TYPE);
    if (problem.retryAfter() != null) {
      message.setHeader("Retry-After", problem.retryAfterSeconds());
    }
    message.setBody(problem.toJson());
  }

  private static void returnName(Exchange exchange, String property, String header) {
    String name = exchange.getProperty(property, String.class);
    if (name != null) {
      exchange.getMessage().setHeader(header, name);
    }
  }

  private static Throwable failureOf(Exchange exchange) {
    return exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    for (int depth = 0; root.getCause() != null && depth < 50; depth++) {
      root = root.getCause();
    }
    return root;
  }
}
