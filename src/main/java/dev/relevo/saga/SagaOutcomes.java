package dev.relevo.saga;

import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * How an application's exchanges become stored answers and back. The service itself knows no
 * protocol.
 */
public interface SagaOutcomes {

  /** The answer of a saga whose steps are all done; empty to store none. */
  default Optional<StoredAnswer> completed(Exchange exchange) {
    return Optional.empty();
  }

  /**
   * The answer of a saga that a participant has said no to, from the exchange's exception; empty if
   * the failure is no final answer, so that the same key may be tried again.
   */
  default Optional<StoredAnswer> refused(Exchange exchange) {
    return Optional.empty();
  }

  /** Puts the stored answer to an earlier request on the exchange. */
  default void reply(Exchange exchange, StoredAnswer answer) {
    exchange.getMessage().setBody(answer.body());
  }

  /** Whether a compensation that failed so was refused for good, so that only a person can help. */
  default boolean isFinalRefusal(Exception failure) {
    return false;
  }
}
