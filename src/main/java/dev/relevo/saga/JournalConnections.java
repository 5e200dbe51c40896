package dev.relevo.saga;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs a journal's statements and says of each failure whether it can be repeated. */
final class JournalConnections {
  private final DataSource dataSource;
  private volatile JournalDialect dialect;

  JournalConnections(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  interface Work<T> {
    T on(PreparedStatement statement) throws SQLException;
  }

  /** Runs one statement in a transaction of its own; {@code NOW} stands for the engine's clock. */
  <T> T run(String sql, Work<T> work) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql(connection, sql))) {
      return work.on(statement);
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  /** Runs statements in one READ COMMITTED transaction. */
  <T> T inTransaction(JdbcSagaJournal.Work<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      int isolation = connection.getTransactionIsolation();
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      connection.setAutoCommit(false);
      try {
        T result = work.in(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
        connection.setTransactionIsolation(isolation);
      }
    } catch (SQLException e) {
      throw translate(e);
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
   * A statement that the engine finds wrong stays wrong; whatever else happened, the outcome is
   * unknown or there was none, and the write can be repeated.
   */
  private static RuntimeException translate(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals("23505") || e.getErrorCode() == 1062) {
      return new DuplicateException(e);
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
