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

  /** Every fifth kill is at random, and each boundary has its turn. */
  static KillPlan draw(long seed, int round, Kind kind) {
    Random random = new Random(seed * 1_000_003 + round);
    int first = random.nextInt(2);
    List<String> points = KillPoints.all();
    List<Strike> strikes = new ArrayList<>();
    switch (kind) {
      case ONE -> strikes.add(strike(random, first, points, round, true));
      case BOTH -> {
        strikes.add(strike(random, first, points, round, true));
        strikes.add(strike(random, 1 - first, KillPoints.ofTakeover(), round, false));
      }
      case CHAIN -> {
        for (int i = 0; i < CHAIN; i++) {
          strikes.add(strike(random, (first + i) % 2, points, round * CHAIN + i, true));
        }
      }
    }
    return new KillPlan(seed, round, kind, List.copyOf(strikes));
  }

  private static Strike strike(
      Random random, int slot, List<String> points, int turn, boolean waits) {
    if (random.nextInt(5) == 0) {
      return new Strike(slot, null, 0, random.nextInt(LATEST_RANDOM_MILLIS) * 1_000L, waits);
    }
    String point = points.get(turn % points.size());
    long delay = KillPoints.isDelayed(point) ? 1 + random.nextInt(LATEST_DELAY_MICROS) : 0;
    return new Strike(slot, point, 1 + random.nextInt(MOST_TIMES), delay, waits);
  }
}
