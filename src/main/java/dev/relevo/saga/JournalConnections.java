package dev.relevo.saga;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Runs a journal's statements and says of each failure whether it can be repeated. */
final class JournalConnections {
  private static final String NO_TABLE = "42P01";
  private static final int MYSQL_NO_TABLE = 1146;

  private final DataSource dataSource;
  private volatile JournalDialect dialect;

  JournalConnections(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  interface Work<T> {
    T on(PreparedStatement statement) throws SQLException;
  }

  /** Work in one transaction. */
  interface Transaction<T> {
    T in(Connection connection) throws SQLException;
  }

  /** Runs one statement in a transaction of its own; {@code NOW} stands for the engine's clock. */
  <T> T run(String sql, Work<T> work) {
    try (Connection connection = open()) {
      return run(connection, sql, work);
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  /**
   * As {@link #run(String, Work)}, for a statement that is worth nothing when it comes late: the
   * connection is cut when there is no answer within {@code limit}.
   */
  <T> T runWithin(Duration limit, String sql, Work<T> work) {
    try (Connection connection = open()) {
      int before = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, (int) limit.toMillis());
      try {
        return run(connection, sql, work);
      } finally {
        if (!connection.isClosed()) {
          connection.setNetworkTimeout(Runnable::run, before);
        }
      }
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  private <T> T run(Connection connection, String sql, Work<T> work) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql(connection, sql))) {
      T result = work.on(statement);
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
      return result;
    }
  }

  /** Runs statements in one READ COMMITTED transaction. */
  <T> T inTransaction(Transaction<T> work) {
    try (Connection connection = open()) {
      boolean autoCommit = connection.getAutoCommit();
      int isolation = connection.getTransactionIsolation();
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      connection.setAutoCommit(false);
      try {
        T result = work.in(connection);
        connection.commit();
        connection.setAutoCommit(autoCommit);
        connection.setTransactionIsolation(isolation);
        return result;
      } catch (SQLException | RuntimeException e) {
        undo(connection, autoCommit, isolation, e);
        throw e;
      }
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  private static void undo(Connection connection, boolean autoCommit, int isolation, Exception e) {
    try {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
      connection.setTransactionIsolation(isolation);
    } catch (SQLException broken) {
      e.addSuppressed(broken);
    }
  }

  /** A pool may say in its own way that it has no connection. */
  private Connection open() throws SQLException {
    try {
      return dataSource.getConnection();
    } catch (RuntimeException e) {
      throw new JournalUnavailableException(e.getMessage(), e);
    }
  }

  String sql(Connection connection, String sql) throws SQLException {
    JournalDialect known = dialect;
    if (known == null) {
      known = JournalDialect.of(connection);
      dialect = known;
    }
    return sql.replace("NOW", known.now());
  }

  /**
   * A statement that the engine finds wrong stays wrong, unless its table is not there yet;
   * whatever else happened, the outcome is unknown or there was none, and the write can be
   * repeated.
   */
  private static RuntimeException translate(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals("23505") || e.getErrorCode() == 1062) {
      return new DuplicateException(e);
    }
    if (state.equals(NO_TABLE) || e.getErrorCode() == MYSQL_NO_TABLE) {
      return new JournalUnavailableException("The journal's tables are not there (yet)", e);
    }
    if (state.startsWith("22") || state.startsWith("23") || state.startsWith("42")) {
      return new IllegalStateException(
          "The saga journal refused a statement: " + e.getMessage(), e);
    }
    return new JournalUnavailableException(e.getMessage(), e);
  }

  /** A unique key stands already. */
  static final class DuplicateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DuplicateException(SQLException cause) {
      super(cause);
    }
  }
}
