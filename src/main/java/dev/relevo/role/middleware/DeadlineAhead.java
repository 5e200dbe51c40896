package dev.relevo.role.middleware;

import dev.relevo.saga.JournaledSagaService;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Whether an order's deadline leaves time for another try that takes as long as the last one. */
final class DeadlineAhead implements Predicate {
  private final long reserveMillis;

  /**
   * @param reserve how much of the time is kept for compensation and the answer
   */
  DeadlineAhead(Duration reserve) {
    this.reserveMillis = reserve.toMillis();
  }

  @Override
  public boolean matches(Exchange exchange) {
    Long deadline = exchange.getProperty(JournaledSagaService.DEADLINE, Long.class);
    Long asked = exchange.getProperty(ParticipantCalls.ASKED, Long.class);
    long now = System.currentTimeMillis();
    long lastTry = asked == null ? 0 : now - asked;
    return deadline != null && now + lastTry + reserveMillis < deadline;
  }
}
