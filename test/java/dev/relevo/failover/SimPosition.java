package dev.relevo.failover;

/** A set of the transactions 0 to 127, in a simulated server's log. */
record SimPosition(long low, long high) implements Position {
  static final int LIMIT = 128;
  static final SimPosition NOTHING = new SimPosition(0, 0);

  SimPosition with(int transaction) {
    return transaction < 64
        ? new SimPosition(low | 1L << transaction, high)
        : new SimPosition(low, high | 1L << transaction - 64);
  }

  SimPosition and(SimPosition other) {
    return new SimPosition(low & other.low, high & other.high);
  }

  SimPosition or(SimPosition other) {
    return covers(other) ? this : new SimPosition(low | other.low, high | other.high);
  }

  SimPosition minus(SimPosition other) {
    return new SimPosition(low & ~other.low, high & ~other.high);
  }

  boolean has(int transaction) {
    return transaction < 64 ? (low & 1L << transaction) != 0 : (high & 1L << transaction - 64) != 0;
  }

  boolean isEmpty() {
    return low == 0 && high == 0;
  }

  /** The earliest transaction of this set alone. */
  SimPosition first() {
    return low != 0
        ? new SimPosition(Long.lowestOneBit(low), 0)
        : new SimPosition(0, Long.lowestOneBit(high));
  }

  /** Without the latest transaction of this set. */
  SimPosition withoutLast() {
    return high != 0
        ? new SimPosition(low, high & ~Long.highestOneBit(high))
        : new SimPosition(low & ~Long.highestOneBit(low), 0);
  }

  @Override
  public boolean covers(Position other) {
    SimPosition that = (SimPosition) other;
    return (that.low & ~low) == 0 && (that.high & ~high) == 0;
  }

  @Override
  public long behind(Position other) {
    SimPosition missing = ((SimPosition) other).minus(this);
    return Long.bitCount(missing.low) + Long.bitCount(missing.high);
  }
}
