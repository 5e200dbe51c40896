package dev.relevo.barrier;

import java.time.Instant;
import java.util.Optional;

/** A request to write, seen by the barrier. */
sealed interface Call {

  /**
   * Half of a saga's step.
   *
   * @param deadline the instant from which nobody waits for an action any more
   */
  record Saga(CallKey key, Optional<Instant> deadline) implements Call {}

  /**
   * A write by a client that names its request.
   *
   * @param payloadHash what has to be equal in every request of that name
   */
  record Keyed(CallKey key, String payloadHash) implements Call {}

  /** A write by a client that does not name its request. */
  record Plain() implements Call {}
}
