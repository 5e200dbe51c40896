package dev.relevo.failover;

import java.time.Duration;

/** Is told of failovers, to count them. */
public interface FailoverListener {
  /** A new primary was named. */
  void failover();

  /**
   * A failover is over.
   *
   * @param phase {@code detect}, {@code fence}, {@code drain}, {@code promote} or {@code route}
   * @param spent how long that took
   */
  void phase(String phase, Duration spent);
}
