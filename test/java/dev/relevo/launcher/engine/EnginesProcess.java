package dev.relevo.launcher.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A JVM of its own that runs the three engines, to be killed or interrupted by a test. */
final class EnginesProcess {
  static final String READY = "READY";
  static final String ANSWERED = "answered while shutting down";

  private EnginesProcess() {}

  /** Starts the JVM as the leader of a process group of its own, as a shell does. */
  static Process start(Path data, Path distributions) {
    try {
      return new ProcessBuilder(
              "setsid",
              "env",
              // A build in the background ignores the signal, and its children inherit that.
              "--default-signal=INT",
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              EnginesProcess.class.getName(),
              data.toString(),
              distributions.toString())
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void main(String[] args) throws InterruptedException {
    Engines engines =
        Engines.in(Path.of(args[0]), Path.of(args[1]), Ports.FREE, System.out::println);
    List<DatabaseAccess> databases =
        List.of(engines.inventory(), engines.orders(), engines.reports());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(engines, databases)));
    System.out.println(READY);
    new CountDownLatch(1).await();
  }

  private static void shutDown(Engines engines, List<DatabaseAccess> databases) {
    for (DatabaseAccess database : databases) {
      try {
        Sql.query(database, "SELECT 1");
        System.out.println(ANSWERED);
      } catch (SQLException e) {
        System.out.println(e);
      }
    }
    engines.close();
  }
}
