package dev.relevo.failover;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Takes the time of a failover's phases; of one that another watchdog began, none. */
final class FailoverTimer {

  /** What a failover's time is spent on. */
  enum Phase {
    /** From the primary's last answer, or the request, to the decision. */
    DETECT,
    /** To the moment at which the old primary is read back as fenced. */
    FENCE,
    /** To the record that names the new primary. */
    DRAIN,
    /** To the new primary being one. */
    PROMOTE,
    /** To clients being let in. */
    ROUTE
  }

  private final Map<Phase, Duration> times = new EnumMap<>(Phase.class);
  private Phase phase;
  private long since;

  /**
   * Takes in an event.
   *
   * @param quiet how long the primary had been silent, or the request is old
   * @return the phases of the failover that has just ended with this event
   */
  Optional<Map<Phase, Duration>> take(Event event, Duration quiet, long now) {
    Decision decision = event.decision();
    if (decision.state() == PairState.HANDING_OVER && phase == null) {
      times.clear();
      times.put(Phase.DETECT, quiet);
      phase = Phase.FENCE;
      since = now;
    }
    if (phase == null || event.failure().isPresent() || event.dryRun()) {
      return Optional.empty();
    }
    boolean fencing = decision.rule().equals("handover-fence");
    if (phase == Phase.FENCE && decision.state() == PairState.HANDING_OVER && !fencing) {
      end(Phase.DRAIN, now);
    }
    switch (decision.action()) {
      case RECORD_PROMOTION -> end(Phase.PROMOTE, now);
      case PROMOTE -> end(Phase.ROUTE, now);
      case ROUTE -> {
        boolean whole = phase == Phase.ROUTE;
        end(null, now);
        return whole ? Optional.of(Map.copyOf(times)) : Optional.empty();
      }
      default -> {
        if (decision.state() == PairState.WHOLE) {
          phase = null;
        }
      }
    }
    return Optional.empty();
  }

  private void end(Phase next, long now) {
    times.put(phase, Duration.ofNanos(now - since));
    phase = next;
    since = now;
  }
}
