package dev.relevo.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;

/**
 * The time between a role's saying that it is not ready any more, which Spring Boot does when the
 * context begins to close, and its taking no more requests. What is in front of the role can notice
 * in it, and clients that keep connections are told to close them.
 */
final class DrainPause implements SmartLifecycle {
  private final Gate gate;
  private final Duration pause;
  private final CountDownLatch never = new CountDownLatch(1);
  private volatile boolean running;

  DrainPause(Gate gate, Duration pause) {
    this.gate = gate;
    this.pause = pause;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    gate.drain();
    try {
      never.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** The last to start and so the first to stop: before the server, which stops before Camel. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
