package dev.relevo.saga;

import com.zaxxer.hikari.HikariDataSource;
import dev.relevo.launcher.engine.TestEngines;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The journal's contract on each of the engines it can be kept on. */
class SagaJournalIT {

  @Nested
  class OnPostgreSql extends OnAnEngine {
    @Override
    JournalDatabase database() {
      return JournalDatabase.onPostgres();
    }
  }

  @Nested
  class OnMySql extends OnAnEngine {
    @Override
    JournalDatabase database() {
      return JournalDatabase.on(TestEngines.mysql(), "mysql");
    }
  }

  @Nested
  class OnMariaDb extends OnAnEngine {
    @Override
    JournalDatabase database() {
      return JournalDatabase.on(TestEngines.mariadb(), "mysql");
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class OnAnEngine extends SagaJournalContract {
    private HikariDataSource pool;

    abstract JournalDatabase database();

    @BeforeAll
    void connect() {
      pool = database().pool();
    }

    @AfterAll
    void disconnect() {
      pool.close();
    }

    @Override
    SagaJournal empty() throws SQLException {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("delete from saga");
        statement.executeUpdate("delete from saga_owner");
      }
      return new JdbcSagaJournal(pool);
    }
  }
}
