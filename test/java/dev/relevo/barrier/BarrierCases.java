package dev.relevo.barrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.zaxxer.hikari.HikariDataSource;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.Engine;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import dev.relevo.role.TestPools;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** What the barrier has to hold to, on whatever engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BarrierCases {
  private static final int ROUNDS = 120;
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private final Role role;
  private final AtomicInteger answers = new AtomicInteger();
  private final List<BarrierListener.Hit> hits = new CopyOnWriteArrayList<>();
  private HikariDataSource pool;
  private DatabaseAccess access;
  private JdbcTemplate jdbc;
  private TransactionTemplate transaction;
  private BarrierTable table;
  private Barrier barrier;
  private ExecutorService threads;
  private String saga;

  BarrierCases(Role role) {
    this.role = role;
  }

  abstract Engine engine();

  /** Reads the time limit of statements, and of transactions where the engine has one. */
  abstract String timeouts();

  @BeforeAll
  void open() throws SQLException {
    access = TestEngines.freshDatabase(engine());
    pool = TestPools.open(role, access);
    asMigrator("CREATE TABLE counter (id INT PRIMARY KEY, n INT NOT NULL)");
    asMigrator("CREATE TABLE mark (name VARCHAR(50) PRIMARY KEY)");
    jdbc = new JdbcTemplate(pool);
    transaction = new TransactionTemplate(new BarrierTransactions(pool));
    table = new BarrierTable(jdbc, BarrierDialect.of(access.jdbcUrl()));
    barrier = barrier(true);
    threads = Executors.newFixedThreadPool(8);
    transaction.executeWithoutResult(s -> jdbc.update("INSERT INTO counter VALUES (1, 0)"));
  }

  private void asMigrator(String sql) throws SQLException {
    try (Connection c =
            DriverManager.getConnection(
                access.jdbcUrl(), access.migratorUser(), access.migratorPassword());
        Statement s = c.createStatement()) {
      s.execute(sql);
    }
  }

  private Barrier barrier(boolean enabled) {
    return new Barrier(
        transaction,
        table,
        new TestProblems(),
        Clock.fixed(NOW, ZoneOffset.UTC),
        enabled,
        hits::add);
  }

  @AfterAll
  void close() {
    threads.shutdownNow();
    pool.close();
  }

  @BeforeEach
  void reset() {
    saga = UUID.randomUUID().toString();
    hits.clear();
    transaction.executeWithoutResult(s -> jdbc.update("UPDATE counter SET n = 0"));
  }

  private int counter() {
    return transaction.execute(s -> jdbc.queryForObject("SELECT n FROM counter", Integer.class));
  }

  private Call call(Operation operation) {
    return new Call.Saga(new CallKey(saga, "count", 1, operation), Optional.empty());
  }

  private Answer add(int delta) {
    jdbc.update("UPDATE counter SET n = n + ? WHERE id = 1", delta);
    return new Answer(201, "text/plain", "/counter/1", "answer é " + answers.incrementAndGet());
  }

  private Result act() {
    return barrier.run(call(Operation.ACTION), () -> add(1));
  }

  private Result compensate() {
    return barrier.run(call(Operation.COMPENSATION), () -> add(-1));
  }

  private static void assertProblem(Callable<?> call, int status, String problem) {
    assertThatThrownBy(call::call)
        .asInstanceOf(type(TestProblems.Thrown.class))
        .satisfies(thrown -> assertThat(thrown.status).isEqualTo(status))
        .satisfies(thrown -> assertThat(thrown.type).isEqualTo(problem));
  }

  @Test
  void runsReadCommitted() throws SQLException {
    try (Connection c = pool.getConnection()) {
      assertThat(c.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(c.getAutoCommit()).isFalse();
    }
  }

  @Test
  void nothingCutsOffAStatementOrATransaction() {
    assertThat(transaction.<String>execute(s -> jdbc.queryForObject(timeouts(), String.class)))
        .matches("0(\\.0+)?( 0)?");
    assertThat(new BarrierTransactions(pool).getDefaultTimeout()).isEqualTo(-1);
    assertThat(transaction.getTimeout()).isEqualTo(-1);
    assertThat(jdbc.getQueryTimeout()).isEqualTo(-1);
  }

  @Test
  void aRepeatedActionIsAnsweredAsTheFirst() {
    Result first = act();
    Result second = act();
    assertThat(first.replayed()).isFalse();
    assertThat(second).isEqualTo(Result.replayed(first.answer()));
    assertThat(counter()).isEqualTo(1);
    assertThat(hits).containsExactly(BarrierListener.Hit.REPEATED);
  }

  @Test
  void stepsAndEnlistmentsAreCallsOfTheirOwn() {
    act();
    barrier.run(
        new Call.Saga(new CallKey(saga, "count", 2, Operation.ACTION), Optional.empty()),
        () -> add(1));
    barrier.run(
        new Call.Saga(new CallKey(saga, "other", 1, Operation.ACTION), Optional.empty()),
        () -> add(1));
    assertThat(counter()).isEqualTo(3);
  }

  @Test
  void aRefusalIsKeptButNotItsEffect() {
    Answer no = new Answer(409, "application/problem+json", null, "no");
    Effect refused =
        () -> {
          add(1);
          return no;
        };
    assertThat(barrier.run(call(Operation.ACTION), refused)).isEqualTo(Result.fresh(no));
    assertThat(act()).isEqualTo(Result.replayed(no));
    assertThat(counter()).isZero();
    assertThat(compensate()).isEqualTo(Result.fresh(Barrier.NOTHING_TO_UNDO));
    assertThat(counter()).isZero();
  }

  @Test
  void aFailureKeepsNothing() {
    Effect failing =
        () -> {
          add(1);
          throw new IllegalStateException("broken");
        };
    assertThatThrownBy(() -> barrier.run(call(Operation.ACTION), failing)).hasMessage("broken");
    Effect unable =
        () -> {
          add(1);
          return Answer.json(503, "{}");
        };
    assertThat(barrier.run(call(Operation.ACTION), unable).answer().status()).isEqualTo(503);
    assertThat(counter()).isZero();
    assertThat(act().replayed()).isFalse();
    assertThat(counter()).isEqualTo(1);
  }

  @Test
  void aCompensationWithoutActionUndoesNothingAndBarsTheAction() {
    Result first = compensate();
    assertThat(first).isEqualTo(Result.fresh(Barrier.NOTHING_TO_UNDO));
    assertProblem(this::act, 409, "saga-cancelled");
    assertProblem(this::act, 409, "saga-cancelled");
    assertThat(compensate()).isEqualTo(Result.replayed(first.answer()));
    assertThat(counter()).isZero();
    assertThat(hits)
        .containsExactly(
            BarrierListener.Hit.NOTHING_TO_UNDO,
            BarrierListener.Hit.LATE,
            BarrierListener.Hit.LATE,
            BarrierListener.Hit.REPEATED);
  }

  @Test
  void aCompensationUndoesOnce() {
    Result action = act();
    Result first = compensate();
    assertThat(counter()).isZero();
    assertThat(compensate()).isEqualTo(Result.replayed(first.answer()));
    assertThat(act()).isEqualTo(Result.replayed(action.answer()));
    assertThat(counter()).isZero();
  }

  @Test
  void aRefusedCompensationCanBeRepeated() {
    act();
    Answer no = new Answer(409, "application/problem+json", null, "no");
    Effect refused =
        () -> {
          add(-1);
          return no;
        };
    assertThat(barrier.run(call(Operation.COMPENSATION), refused)).isEqualTo(Result.fresh(no));
    assertThat(counter()).isEqualTo(1);
    assertThat(compensate().replayed()).isFalse();
    assertThat(counter()).isZero();
  }

  @Test
  void anEffectThatTheFirstCallHasBlockedIsAnsweredAsTheFirst() {
    Effect marking =
        () -> {
          jdbc.update("INSERT INTO mark VALUES (?)", saga);
          return add(1);
        };
    Result first = barrier.run(call(Operation.ACTION), marking);
    assertThat(barrier.run(call(Operation.ACTION), marking))
        .isEqualTo(Result.replayed(first.answer()));
    assertThat(counter()).isEqualTo(1);
  }

  @Test
  void anActionAfterItsDeadlineIsNotBegunAndNotDecided() {
    CallKey key = new CallKey(saga, "count", 1, Operation.ACTION);
    assertProblem(
        () -> barrier.run(new Call.Saga(key, Optional.of(NOW)), () -> add(1)), 503, "unavailable");
    assertThat(counter()).isZero();
    barrier.run(new Call.Saga(key, Optional.of(NOW.plusMillis(1))), () -> add(1));
    assertThat(counter()).isEqualTo(1);
    CallKey undo = new CallKey(saga, "count", 1, Operation.COMPENSATION);
    barrier.run(new Call.Saga(undo, Optional.of(NOW.minusSeconds(60))), () -> add(-1));
    assertThat(counter()).isZero();
  }

  @Test
  void aKeyStandsForOneRequest() {
    CallKey key = new CallKey("key:" + saga, "-", 0, Operation.ACTION);
    Call call = new Call.Keyed(key, "a".repeat(43));
    Result first = barrier.run(call, () -> add(1));
    assertThat(barrier.run(call, () -> add(1))).isEqualTo(Result.replayed(first.answer()));
    assertProblem(
        () -> barrier.run(new Call.Keyed(key, "b".repeat(43)), () -> add(1)),
        422,
        "idempotency-key-reused");
    assertThat(counter()).isEqualTo(1);
  }

  @Test
  void aPlainWriteIsATransaction() {
    barrier.run(new Call.Plain(), () -> add(1));
    barrier.run(new Call.Plain(), () -> add(1));
    barrier.run(
        new Call.Plain(),
        () -> {
          add(1);
          return Answer.json(404, "{}");
        });
    assertThat(counter()).isEqualTo(2);
  }

  @Test
  void withoutTheBarrierARepeatedCallTakesEffectAgain() {
    Barrier off = barrier(false);
    off.run(call(Operation.ACTION), () -> add(1));
    off.run(call(Operation.ACTION), () -> add(1));
    assertThat(counter()).isEqualTo(2);
  }

  @Test
  void aCompensationOvertakesAnActionThatHasNotDecided() throws Exception {
    assertProblem(
        () ->
            barrier.run(
                call(Operation.ACTION),
                () -> {
                  jdbc.update("INSERT INTO mark VALUES (?)", saga);
                  Result overtaking = inOtherThread(this::compensate);
                  assertThat(overtaking.answer()).isEqualTo(Barrier.NOTHING_TO_UNDO);
                  return Answer.json(200, "{}");
                }),
        409,
        "saga-cancelled");
    assertThat(
            transaction.<Integer>execute(
                s ->
                    jdbc.queryForObject(
                        "SELECT count(*) FROM mark WHERE name = ?", Integer.class, saga)))
        .isZero();
  }

  private Result inOtherThread(Callable<Result> call) {
    try {
      return threads.submit(call).get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void actionAndCompensationRace() throws Exception {
    int undone = 0;
    int barred = 0;
    for (int round = 0; round < ROUNDS; round++) {
      saga = UUID.randomUUID().toString();
      CyclicBarrier start = new CyclicBarrier(2);
      int head = round % 9;
      Future<String> action =
          threads.submit(() -> outcome(start, Math.max(0, 4 - head), this::act));
      Future<String> undo =
          threads.submit(() -> outcome(start, Math.max(0, head - 4), this::compensate));
      String acted = action.get(20, TimeUnit.SECONDS);
      assertThat(undo.get(20, TimeUnit.SECONDS)).isEqualTo("answered");
      assertThat(counter()).as("round %s, the action %s", round, acted).isZero();
      if (acted.equals("answered")) {
        undone++;
      } else {
        assertThat(acted).isEqualTo("saga-cancelled");
        barred++;
      }
    }
    assertThat(undone).as("actions undone").isPositive();
    assertThat(barred).as("actions barred").isPositive();
  }

  @Test
  void identicalActionsRace() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      saga = UUID.randomUUID().toString();
      CyclicBarrier start = new CyclicBarrier(3);
      Future<Result> a = threads.submit(() -> persistently(start, 0, this::act));
      Future<Result> b = threads.submit(() -> persistently(start, 0, this::act));
      Future<Result> c = threads.submit(() -> persistently(start, 0, this::act));
      Answer answer = a.get(20, TimeUnit.SECONDS).answer();
      assertThat(b.get(20, TimeUnit.SECONDS).answer()).isEqualTo(answer);
      assertThat(c.get(20, TimeUnit.SECONDS).answer()).isEqualTo(answer);
      assertThat(counter()).isEqualTo(round);
    }
  }

  @Test
  void identicalCompensationsRaceWithARepeatedAction() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      saga = UUID.randomUUID().toString();
      Answer answer = act().answer();
      CyclicBarrier start = new CyclicBarrier(3);
      Future<Result> a = threads.submit(() -> persistently(start, 0, this::compensate));
      Future<Result> b = threads.submit(() -> persistently(start, 0, this::compensate));
      Future<Result> c = threads.submit(() -> persistently(start, 0, this::act));
      Answer undone = a.get(20, TimeUnit.SECONDS).answer();
      assertThat(b.get(20, TimeUnit.SECONDS).answer()).isEqualTo(undone);
      assertThat(c.get(20, TimeUnit.SECONDS).answer()).isEqualTo(answer);
      assertThat(counter()).isZero();
    }
  }

  private String outcome(CyclicBarrier start, int statements, Callable<Result> call)
      throws Exception {
    try {
      persistently(start, statements, call);
      return "answered";
    } catch (TestProblems.Thrown e) {
      return e.type;
    }
  }

  /** As the middleware does: what fails for the moment is tried again. */
  private Result persistently(CyclicBarrier start, int statements, Callable<Result> call)
      throws Exception {
    start.await(20, TimeUnit.SECONDS);
    for (int i = 0; i < statements; i++) {
      transaction.execute(s -> jdbc.queryForObject("SELECT 1", Integer.class));
    }
    while (true) {
      try {
        return call.call();
      } catch (TransientDataAccessException e) {
        assertThat(e)
            .as("only a deadlock may be transient here")
            .hasMessageContainingAll("eadlock");
      }
    }
  }

  @Test
  void onlyOldOutcomesArePurged() throws SQLException {
    act();
    String old = UUID.randomUUID().toString();
    for (int step = 1; step <= 5; step++) {
      barrier.run(
          new Call.Saga(new CallKey(old, "count", step, Operation.ACTION), Optional.empty()),
          () -> add(1));
    }
    asMigrator(
        "UPDATE saga_barrier SET created_at = created_at - INTERVAL '8' DAY WHERE saga_id = '"
            + old
            + "'");
    Duration week = Duration.ofDays(7);
    assertThat(transaction.<Integer>execute(s -> table.purge(week, 3))).isEqualTo(3);
    assertThat(transaction.<Integer>execute(s -> table.purge(week, 3))).isEqualTo(2);
    assertThat(transaction.<Integer>execute(s -> table.purge(week, 3))).isZero();
    assertThat(act().replayed()).isTrue();
  }
}
