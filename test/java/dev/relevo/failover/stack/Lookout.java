package dev.relevo.failover.stack;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Looks ten times a second at whom clients are let through to: never at two nodes. */
final class Lookout implements AutoCloseable {
  private static final long EVERY_MILLIS = 100;

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger both = new AtomicInteger();

  Lookout(Supplier<List<String>> routed) {
    thread.scheduleWithFixedDelay(
        () -> {
          if (routed.get().size() > 1) {
            both.incrementAndGet();
          }
        },
        0,
        EVERY_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** How often two were found. */
  int both() {
    return both.get();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
