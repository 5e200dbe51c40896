package dev.relevo.failover;

import dev.relevo.failover.FailoverTimer.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A failover, or switchover, that is over.
 *
 * @param at when clients were let to the new primary
 * @param primary the new primary
 * @param epoch the epoch that it is named in
 * @param phases how long each phase took, in their order: {@code detect}, {@code fence}, {@code
 *     drain}, {@code promote}, {@code route}
 */
public record Failover(Instant at, NodeId primary, long epoch, Map<String, Duration> phases) {

  /** The one that ends with this event, which lets clients to the new primary. */
  static Failover of(Event event, Map<Phase, Duration> times) {
    Map<String, Duration> phases = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      phases.put(phase.name().toLowerCase(Locale.ROOT), times.get(phase));
    }
    return new Failover(event.at(), event.decision().target(), event.epoch(), phases);
  }
}
