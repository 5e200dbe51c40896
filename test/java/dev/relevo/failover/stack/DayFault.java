package dev.relevo.failover.stack;

/**
 * Something that is done to the whole topology on a game day.
 *
 * @param part what it is done to, such as {@code mariadb} or {@code inventory-a}
 * @param type what is done, such as {@code kill-primary}
 * @param sentence the same in words
 * @param claim what clients are promised while it lasts
 * @param effect how it is done
 */
record DayFault(String part, String type, String sentence, Claim claim, Effect effect) {

  /** What clients are promised. */
  enum Claim {
    /** No order fails, and none waits for more than 10 s. */
    NOTHING_FAILS(10),
    /**
     * A request that was sent to it is asked of another one after 25 s only, and fails if it comes
     * to itself shortly before: the time is up. No order waits for more than 30 s.
     */
    STALLS(30),
    /** That nothing is lost or doubled, as ever; the rest is only written down. */
    NOTHING_IS_LOST(0);

    private final int longestStall;

    Claim(int longestStall) {
      this.longestStall = longestStall;
    }

    /** In seconds; 0 if none is promised. */
    int longestStall() {
      return longestStall;
    }
  }

  /** How it is done. */
  @FunctionalInterface
  interface Effect {
    /** Begins it; returns when it has lasted, with what ends it and waits until all is well. */
    Runnable strike(Topology topology);
  }

  String id() {
    return part + ":" + type;
  }
}
