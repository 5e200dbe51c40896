package dev.relevo.failover;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Writes the heartbeat row on threads of its own: a write may take for ever, a tick may not. */
final class ThreadedHeartbeat implements Heartbeat {
  private final Engine engine;
  private final Executor threads;
  private final Time time;
  private Beat beat;

  ThreadedHeartbeat(Engine engine, Executor threads, Time time) {
    this.engine = engine;
    this.threads = threads;
    this.time = time;
  }

  /** The writes on one node, for as long as it takes writes. */
  private static final class Beat {
    private final NodeId node;
    private long cameThrough;
    private boolean out;

    Beat(NodeId node, long now) {
      this.node = node;
      this.cameThrough = now;
    }
  }

  @Override
  public synchronized Duration beat(Optional<NodeId> primary) {
    if (primary.isEmpty()) {
      beat = null;
      return Duration.ZERO;
    }
    if (beat == null || beat.node != primary.get()) {
      beat = new Beat(primary.get(), time.nanos());
    }
    if (!beat.out) {
      beat.out = true;
      Beat current = beat;
      threads.execute(() -> write(current));
    }
    return Duration.ofNanos(time.nanos() - beat.cameThrough);
  }

  private void write(Beat current) {
    boolean written = false;
    try {
      engine.heartbeat(current.node);
      written = true;
    } catch (ActFailedException e) {
      // how long none has come through is all that counts
    } finally {
      synchronized (this) {
        current.out = false;
        if (written) {
          current.cameThrough = time.nanos();
        }
      }
    }
  }
}
