package dev.relevo.role;

import dev.relevo.http.Gate;
import dev.relevo.http.Transience;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;

/**
 * Migrates the role's database as soon as it answers. Until that is done the role runs, but lets no
 * requests in; it does not end because its database is away. Another instance may do the same at
 * the same time: Flyway's lock lets one go first.
 */
public final class SchemaMigration implements FlywayMigrationStrategy, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaMigration.class);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final String AWAY = "The database has given no answer yet.";
  private static final String REFUSED = "The database can't be prepared; the log says why.";

  private final Gate gate;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
  private volatile CompletableFuture<Void> settled = done;

  SchemaMigration(Gate gate) {
    this.gate = gate;
  }

  /** Begins to migrate, in a thread of its own, and returns at once. */
  @Override
  public void migrate(Flyway flyway) {
    gate.close(AWAY);
    done = new CompletableFuture<>();
    settled = new CompletableFuture<>();
    Thread thread = new Thread(() -> migrateUntilDone(flyway), "migration");
    thread.setDaemon(true);
    thread.start();
  }

  private void migrateUntilDone(Flyway flyway) {
    String said = "";
    do {
      try {
        flyway.migrate();
        LOG.info("The database is ready");
        gate.open();
        done.complete(null);
        settled.complete(null);
        return;
      } catch (RuntimeException e) {
        boolean away = Transience.isTransient(e);
        gate.close(away ? AWAY : REFUSED);
        if (!away) {
          settled.completeExceptionally(e);
        }
        String reason = rootOf(e).toString();
        if (!reason.equals(said)) {
          LOG.warn("The database can't be migrated and is tried again: {}", reason);
          said = reason;
        }
      }
    } while (!isClosedWithinPause());
  }

  private boolean isClosedWithinPause() {
    try {
      return closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /**
   * Completes when the database is migrated; never if it isn't until the role is stopped. Completed
   * if there is nothing to migrate.
   */
  public CompletableFuture<Void> done() {
    return done;
  }

  /**
   * Returns when the database is migrated.
   *
   * @throws RuntimeException if it answers and can't be migrated, or the role is stopped before
   */
  public void await() {
    try {
      settled.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public void close() {
    closed.countDown();
    settled.completeExceptionally(new IllegalStateException("The role is being stopped"));
  }
}
