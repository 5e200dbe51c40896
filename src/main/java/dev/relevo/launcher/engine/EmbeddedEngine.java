package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.springframework.util.FileSystemUtils;

/** The life of one server process on one data folder, the same for every product. */
final class EmbeddedEngine implements Engine {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final Product product;
  private final DataFolder folder;
  private final Path data;
  private final Path distributions;
  private final Port port;
  private final Consumer<String> say;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, DatabaseAccess> databases = new ConcurrentHashMap<>();
  private volatile boolean closed;
  private volatile Process initialising;
  private Path home;
  private Process server;

  /**
   * @param distributions where unpacked servers are kept
   * @param port 0 for any free one
   * @param say gets a short sentence for each thing that takes time
   */
  EmbeddedEngine(
      Product product, DataFolder folder, Path distributions, int port, Consumer<String> say) {
    this.product = product;
    this.folder = folder;
    this.data = folder.engine(product.key());
    this.distributions = distributions;
    this.port = new Port(product, port);
    this.say = say;
  }

  @Override
  public String name() {
    return product.label() + " " + product.version();
  }

  @Override
  public int port() {
    return port.number();
  }

  @Override
  public String jdbcUrl(String database) {
    return product.jdbcUrl(port(), data, database);
  }

  @Override
  public void start() {
    lock.lock();
    try {
      refuseIfClosed();
      if (server == null || !server.isAlive()) {
        startServer();
      }
    } catch (IOException e) {
      throw new StartupFailure("%s cannot be started from %s (%s).".formatted(name(), data, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(name() + ": interrupted while starting", e);
    } finally {
      lock.unlock();
    }
  }

  private void startServer() throws IOException, InterruptedException {
    long began = System.nanoTime();
    home = product.distribution().unpackInto(distributions, () -> progress("unpacking"));
    new Libraries(product, home).check();
    Path log = folder.log(product.key());
    if (Files.exists(log)) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
    stopLeftover();
    if (Files.exists(data)) {
      new DataVersion(product, data).check(folder.credentials());
    } else {
      initialise(log);
    }
    product.clean(data);
    refuseIfClosed();
    server = Host.start(product.serve(home, data, port.claim()), Path.of("/dev/null"), log);
    awaitQueries(log);
    new DataVersion(product, data).write();
    progress(
        "ready on 127.0.0.1:%d after %.1f s".formatted(port(), (System.nanoTime() - began) / 1e9));
  }

  /** A Relevo that was killed leaves its servers running; they would hold the data folder. */
  private void stopLeftover() throws IOException, InterruptedException {
    String program = Path.of(product.program()).getFileName().toString();
    Optional<ProcessHandle> leftover = Host.find(program, product.dataArguments(data));
    if (leftover.isPresent()) {
      progress(
          "stopping the server that an earlier Relevo left running (process %d)"
              .formatted(leftover.get().pid()));
      stop(leftover.get());
    }
  }

  private void initialise(Path log) throws IOException, InterruptedException {
    progress("creating its data folder");
    Path aside = folder.initialising(product.key());
    Path secret = aside.resolveSibling(aside.getFileName() + ".secret");
    try {
      Files.createDirectory(aside);
      String password = folder.credentials().password(product.key(), Product.ADMIN);
      SecretFile.write(secret, product.secret(home, password));
      Process process =
          Host.start(product.initialise(home, aside, secret), product.initialiseInput(secret), log);
      initialising = process;
      refuseIfClosed();
      boolean ended = process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
      refuseIfClosed();
      if (!ended || process.exitValue() != 0) {
        throw FailedStart.explain(product, port, log);
      }
      new DataVersion(product, aside).write();
      Files.move(aside, data, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      if (initialising != null) {
        initialising.destroyForcibly().waitFor();
        initialising = null;
      }
      Files.deleteIfExists(secret);
      FileSystemUtils.deleteRecursively(aside);
    }
  }

  private void awaitQueries(Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      refuseIfClosed();
      try (Connection connection = connect(product.adminDatabase())) {
        if (connection.isValid(5)) {
          return;
        }
      } catch (SQLException e) {
        // It is still starting, or has ended: the next lines tell.
      }
      if (server.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw FailedStart.explain(product, port, log);
      }
      if (System.nanoTime() > deadline) {
        stop(server.toHandle());
        throw new StartupFailure(
            "%s did not answer within %d s: its log is %s."
                .formatted(name(), START_LIMIT.toSeconds(), log));
      }
    }
  }

  private Connection connect(String database) throws SQLException {
    try {
      String password = folder.credentials().password(product.key(), Product.ADMIN);
      return product.connect(port(), data, database, password);
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }

  @Override
  public DatabaseAccess database(String database) {
    if (!database.matches("[a-z][a-z0-9_]{0,21}")) {
      throw new IllegalArgumentException("not a database name: " + database);
    }
    start();
    return databases.computeIfAbsent(database, this::createDatabase);
  }

  private DatabaseAccess createDatabase(String database) {
    String app = database + "_app";
    String migrator = database + "_migrator";
    try (Connection admin = connect(product.adminDatabase())) {
      DatabaseAccess access =
          new DatabaseAccess(
              jdbcUrl(database),
              app,
              folder.credentials().password(product.key(), app),
              migrator,
              folder.credentials().password(product.key(), migrator));
      product.createDatabase(admin, this::connect, access, database);
      return access;
    } catch (SQLException | IOException e) {
      throw new StartupFailure(
          "%s: the database %s cannot be created (%s).".formatted(name(), database, e.getMessage()),
          e);
    }
  }

  @Override
  public void close() {
    closed = true;
    Process unfinished = initialising;
    if (unfinished != null) {
      unfinished.destroyForcibly();
    }
    lock.lock();
    try {
      if (server != null && server.isAlive()) {
        stop(server.toHandle());
        progress("stopped");
      }
    } catch (IOException e) {
      server.destroyForcibly();
      progress("killed, for it could not be stopped (" + e + ")");
    } catch (InterruptedException e) {
      server.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void stop(ProcessHandle process) throws IOException, InterruptedException {
    product.stop(home, process);
    if (!Host.awaitExit(process, STOP_LIMIT)) {
      progress("killed, for it did not stop within " + STOP_LIMIT.toSeconds() + " s");
      process.destroyForcibly();
      Host.awaitExit(process, STOP_LIMIT);
    }
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new IllegalStateException(name() + " was closed");
    }
  }

  private void progress(String what) {
    say.accept(name() + ": " + what);
  }
}
