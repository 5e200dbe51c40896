package dev.relevo.it;

import java.util.concurrent.Callable;

/** How a long run ends. */
final class LongRun {
  private LongRun() {}

  /** Exits with 0 if the run is well, with 1 if it isn't, with 2 if it could not be made. */
  static void exit(Callable<Boolean> run) {
    try {
      System.exit(run.call() ? 0 : 1);
    } catch (Exception | AssertionError e) {
      // Threads of the harness would keep the JVM alive.
      e.printStackTrace();
      System.exit(2);
    }
  }
}
