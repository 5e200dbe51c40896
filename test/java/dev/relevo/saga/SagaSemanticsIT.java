package dev.relevo.saga;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/** What a saga is, on each of the engines its journal can be kept on. */
class SagaSemanticsIT {

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
      return JournalDatabase.onMySql();
    }
  }

  @Nested
  class OnMariaDb extends OnAnEngine {
    @Override
    JournalDatabase database() {
      return JournalDatabase.onMariaDb();
    }
  }

  abstract static class OnAnEngine extends SagaSemanticsContract {
    private static JournalDatabase database;
    private static HikariDataSource pool;

    abstract JournalDatabase database();

    @AfterAll
    static void disconnect() {
      pool.close();
      pool = null;
    }

    @Override
    SagaJournal empty() throws Exception {
      if (pool == null) {
        database = database();
        pool = database.pool();
      }
      database.query("delete from saga");
      return new JdbcSagaJournal(pool);
    }
  }
}
