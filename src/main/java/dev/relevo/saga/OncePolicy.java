package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.slf4j.MDC;

/**
 * Runs the steps below it at most once to an answer for each idempotency key. The first request
 * with a key runs them, with a deadline; any other one with the same key waits for that answer, or
 * is given it again.
 *
 * <p>The key is bound by the first saga below, in the same commit that begins it, so nothing is
 * asked of the journal beforehand. Semantics: the IETF draft "The Idempotency-Key HTTP Header
 * Field", and Stripe's keys as of 2024.
 */
public final class OncePolicy implements Policy {
  private static final Duration FIRST_LOOK = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private final JournaledSagaService service;
  private final Function<Exchange, SagaKey> keys;

  /**
   * @param service the service that runs the sagas below
   * @param keys reads the key of an exchange, making one where the caller sent none; never null
   */
  public OncePolicy(JournaledSagaService service, Function<Exchange, SagaKey> keys) {
    this.service = service;
    this.keys = keys;
  }

  @Override
  public void beforeWrap(Route route, NamedNode definition) {
    // Nothing to prepare.
  }

  @Override
  public Processor wrap(Route route, Processor steps) {
    return exchange -> run(exchange, steps);
  }

  private void run(Exchange exchange, Processor steps) throws Exception {
    SagaKey key = keys.apply(exchange);
    // Whatever the request has waited for so far counts.
    Instant deadline =
        Instant.ofEpochMilli(exchange.getClock().getCreated()).plus(service.settings().deadline());
    Message request = exchange.getMessage().copy();
    int attempt = 1;
    while (true) {
      SagaTicket ticket = new SagaTicket(key, attempt, deadline);
      ticket.attachTo(exchange);
      try {
        steps.process(exchange);
      } finally {
        SagaTicket.takeFrom(exchange);
      }
      if (!isSomebodyElses(exchange)) {
        // A failure is the outer route's to answer, whatever the steps' own error handler did.
        forgetErrorHandling(exchange);
        return;
      }
      reset(exchange, request);
      Optional<Saga> latest = await(key, deadline);
      if (latest.isPresent() && isAnswered(latest.get())) {
        exchange.setProperty(JournaledSagaService.SAGA_ID, latest.get().id());
        MDC.put(JournaledSagaService.LOGGED, latest.get().id());
        service.outcomes().reply(exchange, answerOf(latest.get()));
        return;
      }
      attempt = latest.map(saga -> saga.attempt() + 1).orElse(1);
    }
  }

  private static boolean isAnswered(Saga saga) {
    return saga.answer() != null || saga.state() == SagaState.COMPLETED;
  }

  private static StoredAnswer answerOf(Saga saga) {
    return saga.answer() != null ? saga.answer() : new StoredAnswer(204, null, null);
  }

  /**
   * The latest attempt at the key, once it is final; empty if none is kept any more. One that a new
   * attempt may follow is claimed for that: written once more, so that it is not purged under it.
   *
   * @throws SagaKeyReusedException if the key was used for something else
   * @throws SagaInProgressException if it is still running at the deadline
   * @throws SagaUnfinishedException if it is still compensating at the deadline, or parked
   */
  private Optional<Saga> await(SagaKey key, Instant deadline) throws InterruptedException {
    Duration pause = FIRST_LOOK;
    while (true) {
      Optional<Saga> found =
          Patience.read(deadline, () -> service.journal().latest(key.scope(), key.value()));
      if (found.isEmpty()) {
        return found;
      }
      Saga latest = found.get();
      if (!latest.key().payloadHash().equals(key.payloadHash())) {
        throw new SagaKeyReusedException(key);
      }
      if (latest.state().isFinal() && (isAnswered(latest) || isClaimed(latest, deadline))) {
        return found;
      }
      if (latest.state() == SagaState.PARKED) {
        throw new SagaUnfinishedException(latest.id(), SagaState.PARKED, null);
      }
      if (!Instant.now().isBefore(deadline)) {
        throw latest.state() == SagaState.RUNNING
            ? new SagaInProgressException(latest.id())
            : new SagaUnfinishedException(latest.id(), latest.state(), null);
      }
      if (!latest.state().isFinal() && isTakenOver(latest, deadline)) {
        continue;
      }
      Thread.sleep(pause.toMillis());
      pause = pause.multipliedBy(2);
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        pause = LONGEST_PAUSE;
      }
    }
  }

  private boolean isClaimed(Saga latest, Instant deadline) {
    try {
      Patience.read(deadline, () -> service.journal().write(latest.state(), latest));
      return true;
    } catch (SagaTakenOverException e) {
      return false;
    }
  }

  private boolean isTakenOver(Saga latest, Instant deadline) {
    return Patience.read(deadline, () -> service.takeOverIfExpired(latest.id()));
  }

  /** Whether the key's answer is another saga's to give: it was begun, or taken over, elsewhere. */
  private static boolean isSomebodyElses(Exchange exchange) {
    return exchange.getException(SagaKeyTakenException.class) != null
        || exchange.getException(SagaTakenOverException.class) != null;
  }

  private static void reset(Exchange exchange, Message request) {
    exchange.setException(null);
    exchange.removeProperty(Exchange.EXCEPTION_CAUGHT);
    // The saga that was to begin has not.
    exchange.removeProperty(JournaledSagaService.SAGA_ID);
    exchange.setRollbackOnly(false);
    exchange.setRouteStop(false);
    forgetErrorHandling(exchange);
    exchange.setMessage(request.copy());
  }

  private static void forgetErrorHandling(Exchange exchange) {
    exchange.getExchangeExtension().setRedeliveryExhausted(false);
    exchange.getExchangeExtension().setFailureHandled(false);
    exchange.getExchangeExtension().setErrorHandlerHandled(null);
  }
}
