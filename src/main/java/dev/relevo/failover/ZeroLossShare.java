package dev.relevo.failover;

/** For what share of the time since the watchdog's start zero loss was in force. */
final class ZeroLossShare {
  private long last;
  private boolean inForce;
  private long total;
  private long within;

  ZeroLossShare(long now) {
    this.last = now;
  }

  synchronized void take(boolean nowInForce, long now) {
    total += now - last;
    within += inForce ? now - last : 0;
    last = now;
    inForce = nowInForce;
  }

  /** From 0 to 1; 0 before any time has passed. */
  synchronized double share() {
    return total == 0 ? 0 : (double) within / total;
  }
}
