package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Repeats what is asked of the journal while the journal is away, until a point in time. */
final class Patience {
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private Patience() {}

  static void write(Instant until, Runnable write) {
    read(
        until,
        () -> {
          write.run();
          return null;
        });
  }

  /**
   * Runs {@code operation}, again and again while it says that the journal is unavailable.
   *
   * @throws JournalUnavailableException if it still says so at {@code until}
   */
  static <T> T read(Instant until, Supplier<T> operation) {
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        return operation.get();
      } catch (JournalUnavailableException e) {
        if (Instant.now().plusMillis(pause).isAfter(until)) {
          throw e;
        }
      }
      pause(Duration.ofMillis(pause / 2 + ThreadLocalRandom.current().nextLong(pause)));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  static void pause(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JournalUnavailableException("Interrupted while waiting for the journal", e);
    }
  }
}
