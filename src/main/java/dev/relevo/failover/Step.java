package dev.relevo.failover;

/**
 * A tick on its way through the loop.
 *
 * @param tick what was found
 * @param decision what was decided
 * @param event what came of it; null before it was done
 */
public record Step(Tick tick, Decision decision, Event event) {
  Step(Tick tick, Decision decision) {
    this(tick, decision, null);
  }

  Step done(Event what) {
    return new Step(tick, decision, what);
  }
}
