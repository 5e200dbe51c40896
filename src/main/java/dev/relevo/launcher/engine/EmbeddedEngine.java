package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The life of one server process on one data folder, the same for every product. */
final class EmbeddedEngine implements Engine {
  private static final Duration START_LIMIT = Duration.ofSeconds(120);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Product product;
  private final DataFolder folder;
  private final Path data;
  private final Path distributions;
  private final Port port;
  private final Consumer<String> say;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, DatabaseAccess> databases = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Initialisation initialisation;
  private Stopper stopper;
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
    } catch (StartupFailure e) {
      refuseIfClosed();
      throw e;
    } catch (IOException e) {
      throw new StartupFailure(
          "%s cannot be started from %s: %s.".formatted(name(), data, FailedStart.reason(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(name() + ": interrupted while starting", e);
    } finally {
      lock.unlock();
    }
  }

  private void startServer() throws IOException, InterruptedException {
    long began = System.nanoTime();
    Path home = product.distribution().unpackInto(distributions, () -> progress("unpacking"));
    new Libraries(product, home).check();
    refuseIfClosed();
    stopper = new Stopper(product, home, this::progress);
    stopper.stopLeftover(data);
    int number = port.claim();
    Path log = startLog();
    if (Files.exists(data)) {
      new DataVersion(product, data).check(folder.credentials());
    } else {
      progress("creating its data folder");
      initialisation = new Initialisation(product, home, folder, log);
      refuseIfClosed();
      initialisation.run();
    }
    product.clean(data);
    refuseIfClosed();
    server = Host.start(product.serve(home, data, number), Path.of("/dev/null"), log);
    awaitQueries(log);
    new DataVersion(product, data).write();
    progress("ready on 127.0.0.1:%d after %.1f s".formatted(number, secondsSince(began)));
    server.onExit().thenRun(() -> Engines.inThread("revive " + name(), this::revive));
  }

  private Path startLog() throws IOException {
    Path log = folder.log(product.key());
    if (Files.exists(log)) {
      Path former = log.resolveSibling(log.getFileName() + ".1");
      Files.move(log, former, StandardCopyOption.REPLACE_EXISTING);
    }
    return log;
  }

  private void awaitQueries(Path log) throws IOException, InterruptedException {
    long began = System.nanoTime();
    while (!answers()) {
      refuseIfClosed();
      if (server.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw FailedStart.portWasTaken(log) ? port.taken() : FailedStart.explain(product, log);
      }
      if (secondsSince(began) > START_LIMIT.toSeconds()) {
        stopper.stop(server.toHandle());
        throw new StartupFailure(
            "%s did not answer within %d s: its log is %s."
                .formatted(name(), START_LIMIT.toSeconds(), log));
      }
    }
  }

  private boolean answers() {
    try (Connection connection = connect(product.adminDatabase())) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
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

  /** Starts a server again that ended though nobody closed it, killed or crashed. */
  private void revive() {
    for (long pause = 1; !isClosed(); pause = Math.min(2 * pause, LONGEST_PAUSE.toSeconds())) {
      progress("ended unexpectedly, starting it again");
      try {
        start();
        return;
      } catch (StartupFailure e) {
        progress("%s Next attempt in %d s.".formatted(e.getMessage(), pause));
      } catch (IllegalStateException e) {
        return;
      }
      try {
        closed.await(pause, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        return;
      }
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
    closed.countDown();
    Initialisation unfinished = initialisation;
    if (unfinished != null) {
      unfinished.abort();
    }
    lock.lock();
    try {
      if (server != null && server.isAlive()) {
        stopper.stop(server.toHandle());
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

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void refuseIfClosed() {
    if (isClosed()) {
      throw new IllegalStateException(name() + " was closed");
    }
  }

  private void progress(String what) {
    say.accept(name() + ": " + what);
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }
}
