package dev.relevo.launcher.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.springframework.util.FileSystemUtils;

/**
 * The three real servers for database tests: one set per JVM, on free ports, each started when a
 * test first asks for it, stopped and its data deleted when the JVM ends.
 */
public final class TestEngines {
  private static final Path TARGET = Path.of("target", "test-engines").toAbsolutePath();

  /** Where the unpacked servers are kept for all test JVMs. */
  public static final Path DISTRIBUTIONS = TARGET.resolve("distributions");

  private static final Deque<Runnable> BEFORE_STOP = new ConcurrentLinkedDeque<>();

  private TestEngines() {}

  private static final class Holder {
    private static final Engines ENGINES = open();

    private static Engines open() {
      // The lowest number that no other JVM uses: what a killed one left there is cleaned up.
      for (int number = 1; ; number++) {
        Path data = TARGET.resolve("jvm-" + number);
        try {
          Engines engines = Engines.in(data, DISTRIBUTIONS, Ports.FREE, System.out::println);
          Runtime.getRuntime().addShutdownHook(new Thread(() -> closeAndDelete(engines, data)));
          return engines;
        } catch (StartupFailure e) {
          if (!e.getMessage().contains("in use by another Relevo")) {
            throw e;
          }
        }
      }
    }

    private static void closeAndDelete(Engines engines, Path data) {
      BEFORE_STOP.forEach(Runnable::run);
      engines.close();
      try {
        FileSystemUtils.deleteRecursively(data);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** All three, not necessarily running, and not to be closed. */
  public static Engines all() {
    return Holder.ENGINES;
  }

  /** Has something done when the JVM ends, before the servers stop; the last one first. */
  public static void beforeStop(Runnable work) {
    BEFORE_STOP.addFirst(work);
  }

  /** MariaDB, running. */
  public static Engine mariadb() {
    return started(Holder.ENGINES.mariadb());
  }

  /** PostgreSQL, running. */
  public static Engine postgres() {
    return started(Holder.ENGINES.postgres());
  }

  /** MySQL, running. */
  public static Engine mysql() {
    return started(Holder.ENGINES.mysql());
  }

  /** Creates an empty database of its own for a test class, with its two users. */
  public static DatabaseAccess freshDatabase(Engine engine) {
    return engine.database("t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12));
  }

  private static Engine started(Engine engine) {
    engine.start();
    return engine;
  }
}
