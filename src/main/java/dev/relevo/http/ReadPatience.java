package dev.relevo.http;

import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * Whether a request that reads may wait for another try; named by {@code
 * routes/read-again.camel.yaml}.
 */
public final class ReadPatience implements Predicate {
  /** What a peer that asks again itself sends: when it stops waiting for this answer. */
  private static final String DEADLINE = "Relevo-Deadline";

  private final long millis;

  /**
   * @param patience how long after it came a request is tried again
   */
  public ReadPatience(Duration patience) {
    this.millis = patience.toMillis();
  }

  @Override
  public boolean matches(Exchange exchange) {
    Object sent = exchange.getMessage().getHeader(DEADLINE);
    Long deadline = exchange.getContext().getTypeConverter().tryConvertTo(Long.class, sent);
    return exchange.getClock().elapsed() < millis
        && (deadline == null || System.currentTimeMillis() < deadline);
  }
}
