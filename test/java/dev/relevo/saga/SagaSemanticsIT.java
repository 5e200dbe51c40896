package dev.relevo.saga;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SagaSemanticsIT extends SagaSemanticsContract {
  private static JournalDatabase database;
  private static HikariDataSource pool;

  @BeforeAll
  static void connect() {
    database = JournalDatabase.onPostgres();
    pool = database.pool();
  }

  @AfterAll
  static void disconnect() {
    pool.close();
  }

  @Override
  SagaJournal empty() throws Exception {
    database.query("delete from saga");
    return new JdbcSagaJournal(pool);
  }
}
