package dev.relevo.failover;

/** The clocks that the loop reads and the decision does not. */
interface Time {
  /** The machine's. */
  Time SYSTEM =
      new Time() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public long millis() {
          return System.currentTimeMillis();
        }
      };

  /** Only ever goes forward, and says nothing but differences. */
  long nanos();

  /** The time of day, which may jump. */
  long millis();
}
