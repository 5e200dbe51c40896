package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What durability costs: PostgreSQL's own count of transactions. */
class SagaCommitsIT {
  private final Participants participants = new Participants();
  private final JournalDatabase database = JournalDatabase.onPostgres();
  private final JournalDatabase elsewhere = JournalDatabase.onPostgres();

  @Test
  void anOrderOfThreeStepsCostsFourCommitsAndNothingElse() throws Exception {
    assertThat(commitsOfMore(40)).isCloseTo(4, within(0.2));
  }

  @Test
  void anOrderThatIsRefusedAtItsFirstStepCostsThree() throws Exception {
    participants.on("stock", Participants.refuse("none left"));

    assertThat(commitsOfMore(40)).isCloseTo(3, within(0.2));
  }

  /** Transactions per order, without what a start and a stop cost. */
  private double commitsOfMore(int orders) throws Exception {
    long few = commitsOf(10);
    long many = commitsOf(10 + orders);
    return (many - few) / (double) orders;
  }

  private long commitsOf(int orders) throws Exception {
    long before = commits();
    // The lease and the scan cost commits by time, not by order: none is due here.
    SagaSettings idle = SagaApp.withLease(SagaApp.quick(), Duration.ofHours(3));
    idle = SagaApp.with(idle, "renewal", Duration.ofHours(1));
    idle = SagaApp.with(idle, "scan", Duration.ofHours(1));
    try (HikariDataSource pool = database.pool()) {
      pool.setMaximumPoolSize(1);
      JdbcSagaService service = new JdbcSagaService(pool, idle, SagaApp.outcomes());
      try (SagaApp app =
          SagaApp.start(service, SagaApp.orders(participants), SagaApp.once(service))) {
        for (int i = 0; i < orders; i++) {
          String key = "k" + System.nanoTime();
          app.send(
              "direct:once",
              exchange -> {
                exchange.getMessage().setHeader("key", key);
                exchange.getMessage().setBody("order");
              });
        }
      }
    }
    return commits() - before;
  }

  /** A server process adds its numbers to the statistics at the latest when its client leaves. */
  private long commits() throws Exception {
    await()
        .until(
            () -> ask("select count(*) from pg_stat_activity where datname = ?"),
            none -> none == 0);
    return ask("select xact_commit from pg_stat_database where datname = ?");
  }

  /** Asks from another database, so as not to be counted. */
  private long ask(String sql) throws Exception {
    return Long.parseLong(elsewhere.query(sql, database.name()).get(0));
  }
}
