package dev.relevo.role.watchdog;

import dev.relevo.failover.Failover;
import dev.relevo.failover.FailoverListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Keeps the last failovers that this process has done, and tells of each. */
final class FailoverHistory implements FailoverListener {
  private static final int KEPT = 10;

  private final FailoverListener next;
  private final Deque<Failover> failovers = new ArrayDeque<>();

  FailoverHistory(FailoverListener next) {
    this.next = next;
  }

  /** The newest first. */
  synchronized List<Failover> latest() {
    return List.copyOf(failovers);
  }

  @Override
  public void failover() {
    next.failover();
  }

  @Override
  public void over(Failover failover) {
    synchronized (this) {
      failovers.addFirst(failover);
      if (failovers.size() > KEPT) {
        failovers.removeLast();
      }
    }
    next.over(failover);
  }
}
