package dev.relevo.barrier;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.RuntimeCamelException;
import org.slf4j.MDC;

/** Runs a policy's steps as the effect of the call that the exchange carries. */
final class BarrierProcessor implements Processor {
  /** The key under which log lines name the saga (SLF4J's mapped diagnostic context). */
  private static final String LOGGED = "sagaId";

  private final Barrier barrier;
  private final CallReader calls;
  private final Problems problems;
  private final Processor steps;

  BarrierProcessor(Barrier barrier, CallReader calls, Problems problems, Processor steps) {
    this.barrier = barrier;
    this.calls = calls;
    this.problems = problems;
    this.steps = steps;
  }

  @Override
  public void process(Exchange exchange) {
    Call call = calls.read(exchange.getMessage());
    if (call instanceof Call.Saga step) {
      MDC.put(LOGGED, step.key().sagaId());
    }
    Result result = barrier.run(call, () -> runSteps(exchange));
    if (!result.answer().isFailure()) {
      write(result, call, exchange.getMessage());
    }
  }

  private Answer runSteps(Exchange exchange) {
    try {
      steps.process(exchange);
    } catch (Exception e) {
      exchange.setException(e);
    }
    Exception failure = takeFailure(exchange);
    if (failure == null) {
      return answer(exchange.getMessage());
    }
    Optional<Answer> refusal = problems.refusal(failure);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    throw RuntimeCamelException.wrapRuntimeException(failure);
  }

  /**
   * The exception that the steps ended with. One that a route which they called has handled is none
   * only if it was turned into an answer that says so.
   */
  private static Exception takeFailure(Exchange exchange) {
    Exception failure = exchange.getException();
    exchange.setException(null);
    if (failure == null && isHandled(exchange) && status(exchange.getMessage()) < 400) {
      failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }
    if (failure == null && (exchange.isRollbackOnly() || exchange.isRollbackOnlyLast())) {
      failure = new IllegalStateException("The steps marked the exchange for rollback");
    }
    exchange.setRollbackOnly(false);
    exchange.setRollbackOnlyLast(false);
    return failure;
  }

  private static boolean isHandled(Exchange exchange) {
    ExchangeExtension extension = exchange.getExchangeExtension();
    return extension.isErrorHandlerHandledSet() && extension.isErrorHandlerHandled();
  }

  private static Answer answer(Message message) {
    byte[] body = message.getBody(byte[].class);
    return new Answer(
        status(message),
        message.getHeader(Exchange.CONTENT_TYPE, String.class),
        message.getHeader("Location", String.class),
        body == null ? null : new String(body, StandardCharsets.UTF_8));
  }

  private static int status(Message message) {
    return message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
  }

  private static void write(Result result, Call call, Message message) {
    Answer answer = result.answer();
    message.removeHeaders("*");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
    setIfKnown(message, Exchange.CONTENT_TYPE, answer.contentType());
    setIfKnown(message, "Location", answer.location());
    if (result.replayed() && call instanceof Call.Keyed) {
      message.setHeader(BarrierHeaders.REPLAYED, "true");
    }
    message.setBody(answer.body());
  }

  private static void setIfKnown(Message message, String header, String value) {
    if (value != null) {
      message.setHeader(header, value);
    }
  }
}
