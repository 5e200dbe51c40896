package dev.relevo.role.middleware;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Ends this process at a boundary that it was told of, with the signal that nobody can catch. A
 * shell that waits for the word sends it, for a JVM can't send it to itself; the thread that has
 * reached the boundary goes no further meanwhile.
 */
final class KillSwitch {
  private record Target(String point, AtomicInteger left, long delayMicros) {}

  private final Consumer<String> say;
  private final Writer killer;
  private volatile Target target;

  /**
   * @param say is told of the end just before it comes
   */
  KillSwitch(Consumer<String> say) {
    this.say = say;
    try {
      String kill = "read go && kill -KILL " + ProcessHandle.current().pid();
      killer = new ProcessBuilder("sh", "-c", kill).start().outputWriter();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param point the boundary, such as {@code before-begin}
   * @param times how often it has to be passed
   * @param delayMicros how long after that the end comes, while the process goes on; 0 for at once
   */
  void arm(String point, int times, long delayMicros) {
    target = new Target(point, new AtomicInteger(times), delayMicros);
  }

  /** Is called wherever the process passes a boundary. */
  void pass(String point) {
    Target now = target;
    if (now == null || !now.point().equals(point) || now.left().decrementAndGet() != 0) {
      return;
    }
    if (now.delayMicros() == 0) {
      die(point);
      return;
    }
    Thread later =
        new Thread(
            () -> {
              LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(now.delayMicros()));
              die(point);
            },
            "kill-switch");
    later.start();
  }

  private void die(String point) {
    say.accept("dying " + point);
    try {
      killer.write("go\n");
      killer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (true) {
      LockSupport.park(this);
    }
  }
}
