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
  private final AtomicInteger one = new AtomicInteger();
  private final AtomicInteger both = new AtomicInteger();

  Lookout(Supplier<List<String>> routed) {
    thread.scheduleWithFixedDelay(
        () -> {
          switch (routed.get().size()) {
            case 0 -> {}
            case 1 -> one.incrementAndGet();
            default -> both.incrementAndGet();
          }
        },
        0,
        EVERY_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** How often one was found: at least it has looked. */
  int one() {
    return one.get();
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
