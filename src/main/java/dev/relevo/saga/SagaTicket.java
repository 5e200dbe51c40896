package dev.relevo.saga;

import java.time.Instant;
import org.apache.camel.Exchange;

/**
 * What the next saga on an exchange is begun for: its deadline, and the attempt at a key that it
 * is.
 */
final class SagaTicket {
  static final String PROPERTY = "SagaTicket";

  private final SagaKey key;
  private final int attempt;
  private final Instant deadline;

  SagaTicket(SagaKey key, int attempt, Instant deadline) {
    this.key = key;
    this.attempt = attempt;
    this.deadline = deadline;
  }

  void attachTo(Exchange exchange) {
    exchange.setProperty(PROPERTY, this);
  }

  /** Takes the exchange's ticket, if there is one: a ticket is good for one saga. */
  static SagaTicket takeFrom(Exchange exchange) {
    return (SagaTicket) exchange.removeProperty(PROPERTY);
  }

  SagaKey key() {
    return key;
  }

  int attempt() {
    return attempt;
  }

  Instant deadline() {
    return deadline;
  }
}
