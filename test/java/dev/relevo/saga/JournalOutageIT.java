package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The journal goes away at every moment of a saga, and two instances live through it. */
class JournalOutageIT {
  private static final Duration LEASE = SagaApp.quick().lease();
  private static JournalDatabase database;

  private final Participants participants = new Participants();
  private final Counts counts = new Counts();
  private final Counts peerCounts = new Counts();
  private Wire wire;
  private Wire peerWire;
  private HikariDataSource pool;
  private HikariDataSource peerPool;
  private JournaledSagaService service;
  private SagaApp app;
  private SagaApp peer;

  @BeforeAll
  static void create() {
    database = JournalDatabase.onPostgres();
  }

  @BeforeEach
  void start() throws Exception {
    database.query("delete from saga");
    wire = new Wire(database.port());
    peerWire = new Wire(database.port());
    pool = database.pool(wire.port());
    peerPool = database.pool(peerWire.port());
    start(SagaApp.quick());
  }

  private void start(SagaSettings settings) {
    service = new JdbcSagaService(pool, settings, SagaApp.outcomes(), counts);
    app = SagaApp.start(service, SagaApp.orders(participants), SagaApp.once(service));
  }

  private void restart(Duration deadline) {
    app.close();
    start(SagaApp.quick(deadline));
  }

  private void startPeer(Duration deadline) {
    peer =
        SagaApp.start(
            new JdbcSagaService(peerPool, SagaApp.quick(deadline), SagaApp.outcomes(), peerCounts),
            SagaApp.orders(participants));
    // Long enough to be allowed to take over.
    await().until(elapsed(LEASE.multipliedBy(2)));
  }

  @AfterEach
  void stop() throws IOException {
    wire.mend();
    wire.thaw();
    app.close();
    if (peer != null) {
      peerWire.mend();
      peerWire.thaw();
      peer.close();
    }
    pool.close();
    peerPool.close();
    wire.close();
    peerWire.close();
  }

  @ParameterizedTest
  @CsvSource({
    "insert into saga, COMPLETED",
    "undo-create, COMPLETED",
    "undo-report, COMPLETED",
    "COMPLETED, COMPLETED",
    "COMPENSATING, COMPENSATED",
    "COMPENSATED, COMPENSATED"
  })
  void aCommitWhoseOutcomeIsLostIsFoundOut(String lost, SagaState end) throws Exception {
    if (end == SagaState.COMPENSATED) {
      participants.on("report", Participants.fail("ill"));
    }
    wire.cutAnswerTo(lost);

    Exchange answer = once("k", "one");

    assertThat(wire.isArmed()).isFalse();
    assertThat(only().state()).isEqualTo(end);
    if (end == SagaState.COMPLETED) {
      assertThat(answer.getException()).isNull();
      assertThat(answer.getMessage().getHeader("replayed")).isNull();
      assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
    } else {
      assertThat(answer.getException()).hasMessage("ill");
      assertThat(participants.events())
          .containsExactly(
              "stock #1", "create #2", "undo report #3", "undo create #2", "undo stock #1");
    }
    assertThat(counts.takeovers).isEmpty();
  }

  @Test
  void aWriteThatArrivesLateUndoesNothing() {
    DataSource connection =
        new SingleConnectionDataSource(
            pool.getJdbcUrl() + "&socketTimeout=1", pool.getUsername(), pool.getPassword(), true);
    JdbcSagaJournal slow = new JdbcSagaJournal(connection);
    Saga saga =
        Saga.running(UUID.randomUUID().toString(), "me", Instant.now().plusSeconds(60), null, 1)
            .with(Enlistment.of(1, "direct:a", null, Map.of()));
    slow.begin(saga);
    wire.freeze();
    Saga second = saga.with(Enlistment.of(2, "direct:b", null, Map.of()));
    assertThatThrownBy(() -> slow.write(SagaState.RUNNING, second))
        .isInstanceOf(JournalUnavailableException.class);
    JdbcSagaJournal quick = new JdbcSagaJournal(peerPool);
    Saga written = quick.write(SagaState.RUNNING, second);
    quick.write(SagaState.RUNNING, written.with(Enlistment.of(3, "direct:c", null, Map.of())));

    wire.thaw();

    await()
        .during(Duration.ofMillis(500))
        .atMost(Duration.ofSeconds(3))
        .until(() -> only().enlistments().size() == 3);
  }

  @Test
  void aLostParkingIsFoundOutAndGoesOn() throws Exception {
    participants.on("stock", Participants.fail("ill"));
    participants.on("undo stock", Participants.fail("ill too"));
    wire.cutAnswerTo("PARKED");

    app.send("direct:order", "one");

    assertThat(wire.isArmed()).isFalse();
    participants.heal("undo stock");
    await().until(() -> only().state() == SagaState.COMPENSATED);
    assertThat(counts.takeovers).isEmpty();
  }

  @Test
  void aLostFinalRefusalStillWaitsForAPerson() throws Exception {
    participants.on("stock", Participants.fail("ill"));
    participants.on("undo stock", Participants.refuse("never"));
    wire.cutAnswerTo("PARKED");

    app.send("direct:order", "one");
    participants.heal("undo stock");

    assertThat(wire.isArmed()).isFalse();
    Duration retry = SagaApp.quick().parkedRetry();
    await()
        .during(retry.multipliedBy(2))
        .atMost(retry.multipliedBy(5))
        .until(() -> only().state() == SagaState.PARKED && only().nextTry() == null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNewSagaWaitsForTheJournalUntilItsDeadlineAndChangesNothing(boolean cut) throws Exception {
    away(cut);
    Instant start = Instant.now();

    Exchange answer = once("k", "one");

    assertThat(answer.getException()).isInstanceOf(JournalUnavailableException.class);
    assertThat(Duration.between(start, Instant.now()))
        .isBetween(Duration.ofMillis(2900), Duration.ofSeconds(9));
    assertThat(participants.events()).isEmpty();
    back();
    assertThat(once("k", "one").getException()).isNull();
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
  }

  @Test
  void aNewSagaThatMayHaveBegunIsToldAtItsDeadlineToo() throws Exception {
    app.close();
    SagaSettings quick = SagaApp.quick(Duration.ofSeconds(2));
    start(SagaApp.withLease(quick, Duration.ofMinutes(1)));
    app.send("direct:order", "one");
    wire.cut();
    Instant start = Instant.now();

    Exchange answer = app.send("direct:order", "two");

    assertThat(answer.getException()).isInstanceOf(JournalUnavailableException.class);
    assertThat(Duration.between(start, Instant.now()))
        .isLessThan(quick.deadline().plus(quick.callerGrace()));
    assertThat(participants.count("stock")).isEqualTo(1);
  }

  @Test
  void aNewSagaGoesOnWhenTheJournalIsBackInTime() throws Exception {
    restart(Duration.ofSeconds(20));
    wire.cut();
    Future<Exchange> answer = later();
    stillWaiting(answer);
    assertThat(participants.events()).isEmpty();

    wire.mend();

    assertThat(answer.get(15, TimeUnit.SECONDS).getException()).isNull();
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stock", "create", "report"})
  void aRunningSagaWaitsAfterAnyStepAndGoesOn(String step) throws Exception {
    restart(Duration.ofSeconds(20));
    participants.on(step, exchange -> wire.cut());
    Future<Exchange> answer = later();
    await().until(() -> participants.count(step) == 1);
    int events = participants.events().size();
    stillWaiting(answer);
    assertThat(participants.events()).hasSize(events);

    wire.mend();

    assertThat(answer.get(15, TimeUnit.SECONDS).getException()).isNull();
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(counts.takeovers).isEmpty();
  }

  @Test
  void whatCouldNotBeCompletedInTimeIsUndoneByRecovery() throws Exception {
    restart(Duration.ofSeconds(2));
    participants.on("report", exchange -> wire.cut());

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException())
        .isExactlyInstanceOf(SagaUnfinishedException.class)
        .extracting(e -> ((SagaUnfinishedException) e).state())
        .isEqualTo(SagaState.RUNNING);
    assertThat(participants.count("undo")).isZero();
    wire.mend();
    await().until(() -> only().state() == SagaState.COMPENSATED);
    assertThat(participants.count("undo")).isEqualTo(3);
  }

  @Test
  void nothingIsUndoneBeforeTheJournalKnows() throws Exception {
    restart(Duration.ofSeconds(2));
    participants.on(
        "report",
        exchange -> {
          wire.cut();
          throw new IllegalStateException("ill");
        });

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException())
        .isExactlyInstanceOf(SagaUnfinishedException.class)
        .extracting(e -> ((SagaUnfinishedException) e).state())
        .isEqualTo(SagaState.COMPENSATING);
    assertThat(participants.count("undo")).isZero();
    wire.mend();
    await().until(() -> only().state() == SagaState.COMPENSATED);
    assertThat(participants.events())
        .containsExactly(
            "stock #1", "create #2", "undo report #3", "undo create #2", "undo stock #1");
  }

  @Test
  void aCompensationUnderWayWaitsForTheJournal() throws Exception {
    participants.on("report", Participants.fail("ill"));
    participants.on("undo create", exchange -> wire.cut());
    Future<Exchange> answer = later();
    await().until(() -> participants.count("undo create") == 1);
    stillWaiting(answer);
    assertThat(participants.count("undo stock")).isZero();

    wire.mend();

    assertThat(answer.get(15, TimeUnit.SECONDS).getException()).hasMessage("ill");
    assertThat(participants.events())
        .containsExactly(
            "stock #1", "create #2", "undo report #3", "undo create #2", "undo stock #1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anOutageForAllCompensatesNoLivingSaga(boolean cut) throws Exception {
    restart(Duration.ofSeconds(40));
    startPeer(Duration.ofSeconds(40));
    CountDownLatch going = new CountDownLatch(1);
    participants.on("create", exchange -> going.await(60, TimeUnit.SECONDS));
    Future<Exchange> answer = later();
    await().until(() -> participants.count("stock") == 1);

    awayForAll(cut);
    await().atMost(Duration.ofSeconds(20)).until(elapsed(LEASE.multipliedBy(5)));
    back();
    await().atMost(Duration.ofSeconds(20)).until(elapsed(LEASE.multipliedBy(2)));
    going.countDown();

    assertThat(answer.get(15, TimeUnit.SECONDS).getException()).isNull();
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
    assertThat(only().epoch()).isEqualTo(1);
    assertThat(counts.takeovers).isEmpty();
    assertThat(peerCounts.takeovers).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anOwnerThatWasAwayCannotWriteAfterTheTakeover(boolean cut) throws Exception {
    restart(Duration.ofSeconds(40));
    startPeer(Duration.ofSeconds(40));
    CountDownLatch going = new CountDownLatch(1);
    participants.on("report", exchange -> going.await(60, TimeUnit.SECONDS));
    Future<Exchange> answer = later();
    await().until(() -> participants.count("create") == 1);

    away(cut);
    await().until(() -> peerCounts.written.contains(SagaState.COMPENSATED));
    going.countDown();
    await().until(() -> participants.count("report") == 1);
    back();

    assertThat(answer.get(15, TimeUnit.SECONDS).getException())
        .isExactlyInstanceOf(SagaTakenOverException.class);
    assertThat(only().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(only().epoch()).isEqualTo(2);
    assertThat(peerCounts.takeovers).hasSize(1);
    assertThat(peerCounts.takeovers.get(0)).isBetween(Duration.ZERO, Duration.ofSeconds(5));
    assertThat(participants.count("undo")).isEqualTo(3);
    participants.heal("report");
    assertThat(app.send("direct:order", "two").getException()).isNull();
    assertThat(counts.takeovers).isEmpty();
  }

  @Test
  void aServiceStartsWithoutItsJournal() throws Exception {
    wire.cut();
    Instant start = Instant.now();
    restart(Duration.ofSeconds(20));
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
    Future<Exchange> answer = later();
    stillWaiting(answer);

    wire.mend();

    assertThat(answer.get(15, TimeUnit.SECONDS).getException()).isNull();
  }

  private void away(boolean cut) {
    if (cut) {
      wire.cut();
    } else {
      wire.freeze();
    }
  }

  private void awayForAll(boolean cut) {
    away(cut);
    if (cut) {
      peerWire.cut();
    } else {
      peerWire.freeze();
    }
  }

  private void back() {
    wire.mend();
    wire.thaw();
    peerWire.mend();
    peerWire.thaw();
  }

  private static java.util.concurrent.Callable<Boolean> elapsed(Duration time) {
    Instant end = Instant.now().plus(time);
    return () -> Instant.now().isAfter(end);
  }

  private static void stillWaiting(Future<Exchange> answer)
      throws ExecutionException, InterruptedException {
    try {
      answer.get(1500, TimeUnit.MILLISECONDS);
      throw new AssertionError("It did not wait for the journal");
    } catch (TimeoutException e) {
      // As it should.
    }
  }

  private Future<Exchange> later() {
    return app.context
        .createFluentProducerTemplate()
        .to("direct:order")
        .withBody("one")
        .asyncSend();
  }

  private Exchange once(String key, String body) {
    return app.send(
        "direct:once",
        exchange -> {
          exchange.getMessage().setHeader("key", key);
          exchange.getMessage().setBody(body);
        });
  }

  private Saga only() {
    try (HikariDataSource direct = database.pool()) {
      var sagas = new JdbcSagaJournal(direct).list(null, 10, null);
      assertThat(sagas).hasSize(1);
      return sagas.get(0);
    }
  }
}
