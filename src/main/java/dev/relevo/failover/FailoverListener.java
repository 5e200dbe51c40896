package dev.relevo.failover;

/** Is told of failovers, to count them. */
public interface FailoverListener {
  /** A new primary was named. */
  void failover();

  /** A failover is over; not told of one that another watchdog began. */
  void over(Failover failover);
}
