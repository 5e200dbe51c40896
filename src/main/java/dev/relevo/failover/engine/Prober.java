package dev.relevo.failover.engine;

import dev.relevo.failover.NodeState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at one server within a time limit, over a connection that it keeps. A look that takes too
 * long has its connection cut; until that has had its effect the server counts as silent.
 */
final class Prober implements AutoCloseable {

  /** Opens a connection for looking. */
  interface Opening {
    Connection open() throws SQLException;
  }

  /** Looks. */
  interface Look {
    NodeState at(Connection connection) throws SQLException;
  }

  private final Opening opening;
  private final Look look;
  private final Duration limit;
  private final ExecutorService thread;
  private volatile Connection connection;
  private Future<NodeState> out;

  Prober(String name, Opening opening, Look look, Duration limit) {
    this.opening = opening;
    this.look = look;
    this.limit = limit;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread daemon = new Thread(task, name);
              daemon.setDaemon(true);
              return daemon;
            });
  }

  synchronized NodeState probe() {
    if (out != null && !out.isDone()) {
      return new NodeState.Silent("an earlier probe has not come back");
    }
    out = thread.submit(this::look);
    try {
      return out.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      cut();
      return new NodeState.Silent("no answer within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      cut();
      return new NodeState.Silent(reason(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new NodeState.Silent("interrupted");
    }
  }

  private NodeState look() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = opening.open();
      connection = open;
    }
    return look.at(open);
  }

  /**
   * In a thread of its own, for a driver may ask the server to end what hangs, and wait for that.
   */
  private void cut() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      Thread cutter = new Thread(() -> abort(open), "cut");
      cutter.setDaemon(true);
      cutter.start();
    }
  }

  private static void abort(Connection open) {
    try {
      open.abort(Runnable::run);
    } catch (SQLException e) {
      // Its socket's time limit ends it.
      return;
    }
  }

  static String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text = String.valueOf(root.getMessage()).strip();
    return text.lines().findFirst().orElse(root.getClass().getSimpleName());
  }

  @Override
  public void close() {
    thread.shutdownNow();
    cut();
  }
}
