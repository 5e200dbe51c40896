package dev.relevo.load;

import java.time.Duration;

/**
 * One request and what came of it.
 *
 * @param due when it was to be sent, by {@link System#nanoTime}
 * @param latency from then until the whole answer was there, or until it was clear that there is
 *     none
 * @param status of the answer; 0 if there was none
 */
public record Sample(Kind kind, long due, Duration latency, int status) {

  /** When the answer was there, by {@link System#nanoTime}. */
  public long answered() {
    return due + latency.toNanos();
  }

  /** Whether it got what it asked for. */
  public boolean succeeded() {
    return status >= 200 && status < 300;
  }
}
