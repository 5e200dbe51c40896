package dev.relevo.it;

import dev.relevo.role.middleware.KillPoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Who is killed when, in one round: drawn from a seed and the round's number, so that a round can
 * be repeated.
 *
 * @param kind what the round is about
 */
record KillPlan(long seed, int round, Kind kind, List<Strike> strikes) {
  private static final int LATEST_RANDOM_MILLIS = 1_500;
  private static final int LATEST_DELAY_MICROS = 8_000;
  private static final int MOST_TIMES = 4;
  private static final int CHAIN = 5;

  enum Kind {
    /** One instance is killed; the other one takes over. */
    ONE,
    /** One, then the other one before it can have finished what the first has left. */
    BOTH,
    /** One after the other, each as soon as the one before is back. */
    CHAIN
  }

  /**
   * One kill.
   *
   * @param slot which of the two instances
   * @param point the boundary; null for a kill from outside, at any moment
   * @param times how often the boundary is passed before
   * @param delayMicros how long after the boundary, or, without one, after the last strike
   * @param waits whether the instance that was killed before has to be back first
   */
  record Strike(int slot, String point, int times, long delayMicros, boolean waits) {}

  /** Draws a round; each boundary has its turn, and every fourth or fifth kill is at random. */
  static KillPlan draw(long seed, int round, Kind kind) {
    Random random = new Random(seed * 1_000_003 + round);
    int first = random.nextInt(2);
    List<String> points = KillPoints.all();
    List<Strike> strikes = new ArrayList<>();
    switch (kind) {
      case ONE ->
          strikes.add(
              random.nextInt(3) == 0
                  ? fromOutside(random, first, true)
                  : atBoundary(random, first, points, round, true));
      case BOTH -> {
        strikes.add(atBoundary(random, first, points, round, true));
        // Half of them at the moment that they have taken over, so that nobody has called yet.
        List<String> ofTakeover =
            random.nextBoolean() ? List.of("after-takeover") : KillPoints.ofTakeover();
        strikes.add(atBoundary(random, 1 - first, ofTakeover, round, false));
      }
      case CHAIN -> {
        for (int i = 0; i < CHAIN; i++) {
          // Four at boundaries, which have their turns, then one at random.
          int slot = (first + i) % 2;
          strikes.add(
              i == CHAIN - 1
                  ? fromOutside(random, slot, true)
                  : atBoundary(random, slot, points, round * (CHAIN - 1) + i, true));
        }
      }
    }
    return new KillPlan(seed, round, kind, List.copyOf(strikes));
  }

  private static Strike fromOutside(Random random, int slot, boolean waits) {
    return new Strike(slot, null, 0, random.nextInt(LATEST_RANDOM_MILLIS) * 1_000L, waits);
  }

  private static Strike atBoundary(
      Random random, int slot, List<String> points, int turn, boolean waits) {
    String point = points.get(turn % points.size());
    long delay = KillPoints.isDelayed(point) ? 1 + random.nextInt(LATEST_DELAY_MICROS) : 0;
    // There may be no second takeover.
    int times = point.equals("after-takeover") ? 1 : 1 + random.nextInt(MOST_TIMES);
    return new Strike(slot, point, times, delay, waits);
  }
}
