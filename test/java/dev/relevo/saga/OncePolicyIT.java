package dev.relevo.saga;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class OncePolicyIT extends OncePolicyContract {
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
    database.query("delete from saga_owner");
    return new JdbcSagaJournal(pool);
  }

  @Override
  int races() {
    return 3_000;
  }
}
