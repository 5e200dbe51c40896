package dev.relevo.failover;

import java.time.Duration;
import java.util.Optional;

/** Writes a row on the primary again and again, and knows how long none has come through. */
interface Heartbeat {
  /**
   * Begins a write if none is out, and doesn't wait for it.
   *
   * @param primary the node to write on; empty if none can be written on now
   * @return how long no write on that node has come through since it could be written on; zero
   *     where it is another than the last time
   */
  Duration beat(Optional<NodeId> primary);
}
