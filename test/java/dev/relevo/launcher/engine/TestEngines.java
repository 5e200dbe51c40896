package dev.relevo.launcher.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.util.FileSystemUtils;

/**
 * The three real servers for database tests: one set per JVM, on free ports, each started when a
 * test first asks for it, stopped and its data deleted when the JVM ends.
 */
public final class TestEngines {
  private static final Path TARGET = Path.of("target", "test-engines").toAbsolutePath();

  /** Where the unpacked servers are kept for all test JVMs. */
  static final Path DISTRIBUTIONS = TARGET.resolve("distributions");

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
      engines.close();
      try {
        FileSystemUtils.deleteRecursively(data);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
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
