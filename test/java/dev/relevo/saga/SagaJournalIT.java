package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
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

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class OnAnEngine extends SagaJournalContract {
    private JournalDatabase database;
    private HikariDataSource pool;

    abstract JournalDatabase database();

    @BeforeAll
    void connect() {
      database = database();
      pool = database.pool();
    }

    @AfterAll
    void disconnect() {
      pool.close();
    }

    @Test
    void aCommitWhoseAnswerIsLostIsRepeated() throws Exception {
      empty();
      try (Wire wire = new Wire(database.port());
          HikariDataSource wired = database.pool(wire.port())) {
        SagaJournal journal = new JdbcSagaJournal(wired);
        Saga saga =
            Saga.running(
                "id", "me", Instant.now().plusSeconds(60), new SagaKey("scope", "key", "hash"), 1);

        wire.cutAnswerTo("insert into saga ");
        assertThatThrownBy(() -> journal.begin(saga))
            .isInstanceOf(JournalUnavailableException.class);
        assertThat(wire.isArmed()).isFalse();
        assertThat(journal.find("id")).isPresent();
        journal.begin(saga);

        wire.cutAnswerTo("update saga ");
        Saga completed = saga.completed(new StoredAnswer(200, null, "done"));
        assertThatThrownBy(() -> journal.write(SagaState.RUNNING, completed))
            .isInstanceOf(JournalUnavailableException.class);
        assertThat(wire.isArmed()).isFalse();
        assertThat(journal.write(SagaState.RUNNING, completed).revision()).isEqualTo(2);
        assertThat(journal.find("id").orElseThrow().answer().body()).isEqualTo("done");

        wire.cutAnswerTo("saga_owner");
        assertThatThrownBy(() -> journal.renew("me", Duration.ofMinutes(1)))
            .isInstanceOf(JournalUnavailableException.class);
        journal.renew("me", Duration.ofMinutes(1));
        assertThat(
                journal.takeOver(
                    new SagaJournal.Taker("me", Duration.ofSeconds(30)), Duration.ZERO, 9))
            .isEmpty();
      }
    }

    @Test
    void aRowThatCannotBeReadDoesNotHoldUpTheOthers() throws Exception {
      SagaJournal journal = empty();
      journal.renew("mine", Duration.ofMinutes(1));
      for (String id : List.of("a", "b", "c")) {
        journal.begin(Saga.running(id, "dead", Instant.now().plusSeconds(60), null, 1));
      }
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("update saga set enlistments = 'broken' where id = 'b'");
        statement.executeUpdate(
            "update saga set enlistments ="
                + " '[{\"no\":1,\"compensation\":\"direct:x\",\"options\":{},\"done\":false,\"tries\":0,\"newer\":7}]'"
                + " where id = 'c'");
      }

      List<SagaJournal.Takeover> taken =
          journal.takeOver(new SagaJournal.Taker("mine", Duration.ZERO), Duration.ofSeconds(9), 10);

      assertThat(taken)
          .extracting(takeover -> takeover.saga().id())
          .containsExactlyInAnyOrder("a", "c");
    }

    @Test
    void oneSagaThatSomebodyHoldsAtThatMomentIsWaitedFor() throws Exception {
      SagaJournal journal = empty();
      Saga saga = Saga.running("id", "me", Instant.now().plusSeconds(60), null, 1);
      journal.begin(saga);

      Saga adopted = whenNoLongerHeld(() -> journal.adopt("other", "id")).orElseThrow();
      journal.write(SagaState.RUNNING, adopted.compensating(null, "why"));

      assertThat(whenNoLongerHeld(() -> journal.takeForRetry("third", "id"))).isPresent();
    }

    private Optional<Saga> whenNoLongerHeld(Supplier<Optional<Saga>> take) throws Exception {
      try (Connection holder = pool.getConnection();
          Statement statement = holder.createStatement()) {
        holder.setAutoCommit(false);
        statement.executeQuery("select id from saga where id = 'id' for update").close();
        CompletableFuture<Optional<Saga>> taken = CompletableFuture.supplyAsync(take);
        assertThatThrownBy(() -> taken.get(500, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
        holder.rollback();
        holder.setAutoCommit(true);
        return taken.get(10, TimeUnit.SECONDS);
      }
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
