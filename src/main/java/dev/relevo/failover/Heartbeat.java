package dev.relevo.failover;

import java.time.Duration;
import java.util.Optional;

/** Writes a row on the primary again and again, and knows how long none has come through. */
interface Heartbeat {
  /**
   * Begins a write if none is out, and doesn't wait for it.
   *
   * @param primary the node to write on; empty if none can be written on now
   * @return how long ago the last write on that node came through, or it could be written on again;
   *     zero where it is another node than the last time. A few ticks are no stall
   */
  Duration beat(Optional<NodeId> primary);
}
