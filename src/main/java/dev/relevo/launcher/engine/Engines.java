package dev.relevo.launcher.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The three servers of the embedded topology on one data folder, and the four databases on them.
 * Thread-safe.
 */
public final class Engines implements AutoCloseable {
  private final DataFolder folder;
  private final Engine mariadb;
  private final Engine postgres;
  private final Engine mysql;

  private Engines(DataFolder folder, Path distributions, Ports ports, Consumer<String> say) {
    this.folder = folder;
    this.mariadb = new EmbeddedEngine(new MariaDb(), folder, distributions, ports.mariadb(), say);
    this.postgres =
        new EmbeddedEngine(new PostgreSql(), folder, distributions, ports.postgres(), say);
    this.mysql = new EmbeddedEngine(new MySql(), folder, distributions, ports.mysql(), say);
  }

  /**
   * Takes the data folder; starts nothing yet.
   *
   * @param dataFolder created if it is not there
   * @param ports where the servers listen on 127.0.0.1
   * @param say gets a short sentence for each thing that takes time; called by several threads
   * @throws StartupFailure if the folder cannot be used, or the servers do not run on this system
   */
  public static Engines in(Path dataFolder, Ports ports, Consumer<String> say) {
    Host.requireSupported();
    DataFolder folder = DataFolder.open(dataFolder);
    return new Engines(folder, folder.distributions(), ports, say);
  }

  /** As {@link #in(Path, Ports, Consumer)}, with the unpacked servers kept elsewhere. */
  static Engines in(Path dataFolder, Path distributions, Ports ports, Consumer<String> say) {
    return new Engines(DataFolder.open(dataFolder), distributions.toAbsolutePath(), ports, say);
  }

  /**
   * Starts all three servers at the same time, each in a thread of its own, and creates the four
   * databases.
   *
   * @return completes when all are ready, or with the first {@link StartupFailure}
   */
  public CompletableFuture<Void> start() {
    return CompletableFuture.allOf(
        inThread("mariadb", this::inventory),
        inThread(
            "postgres",
            () -> {
              orders();
              saga();
            }),
        inThread("mysql", this::reports));
  }

  /** Database {@code inventory} on MariaDB; starts or awaits the server. */
  public DatabaseAccess inventory() {
    return mariadb.database("inventory");
  }

  /** Database {@code orders} on PostgreSQL; starts or awaits the server. */
  public DatabaseAccess orders() {
    return postgres.database("orders");
  }

  /** Database {@code saga} on PostgreSQL; starts or awaits the server. */
  public DatabaseAccess saga() {
    return postgres.database("saga");
  }

  /** Database {@code reports} on MySQL; starts or awaits the server. */
  public DatabaseAccess reports() {
    return mysql.database("reports");
  }

  public Engine mariadb() {
    return mariadb;
  }

  public Engine postgres() {
    return postgres;
  }

  public Engine mysql() {
    return mysql;
  }

  /** Shuts the servers down at the same time, waits for them, and gives the data folder back. */
  @Override
  public void close() {
    List<CompletableFuture<Void>> stops =
        Stream.of(mariadb, postgres, mysql)
            .map(engine -> inThread("stop " + engine.name(), engine::close))
            .toList();
    try {
      stops.forEach(CompletableFuture::join);
      folder.close();
    } catch (CompletionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CompletableFuture<Void> inThread(String name, Runnable work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return done;
  }
}
