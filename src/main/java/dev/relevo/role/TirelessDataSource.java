package dev.relevo.role;

import dev.relevo.http.Transience;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Where a pool gets its connections: tries until the database answers. HikariCP doubles its pause
 * after each failure, up to 5 s, and so would find a database that has failed over up to as late
 * again as the failover took. Whoever waits for the pool meanwhile is sent away by the pool's own
 * time-out.
 */
final class TirelessDataSource extends DelegatingDataSource {
  private static final Logger LOG = LoggerFactory.getLogger(TirelessDataSource.class);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final BooleanSupplier closed;
  private final CountDownLatch never = new CountDownLatch(1);
  private volatile boolean away;

  /**
   * @param closed whether the pool was closed, which does not interrupt its threads
   */
  TirelessDataSource(DataSource target, BooleanSupplier closed) {
    super(target);
    this.closed = closed;
  }

  private interface Attempt {
    Connection connect() throws SQLException;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return connect(super::getConnection);
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return connect(() -> super.getConnection(username, password));
  }

  private Connection connect(Attempt attempt) throws SQLException {
    while (true) {
      try {
        Connection connection = attempt.connect();
        if (away) {
          LOG.info("The database answers again");
          away = false;
        }
        return connection;
      } catch (SQLException e) {
        if (!Transience.isTransient(e) || closed.getAsBoolean()) {
          throw e;
        }
        if (!away) {
          LOG.warn("The database gives no answer: {}", e.getMessage());
          away = true;
        }
        pause(e);
      }
    }
  }

  private void pause(SQLException failure) throws SQLException {
    try {
      never.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("Interrupted", failure);
    }
  }
}
