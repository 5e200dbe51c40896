package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.relevo.launcher.engine.DatabaseAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process leaves that is killed, or stopped, is finished by another one. */
class SagaTakeoverIT {
  private static JournalDatabase database;

  private final Participants participants = new Participants();
  private final Counts counts = new Counts();
  private HikariDataSource pool;
  private SagaApp app;
  private SagaApp second;

  @TempDir private Path folder;

  @BeforeAll
  static void create() {
    database = JournalDatabase.onPostgres();
  }

  @BeforeEach
  void connect() throws Exception {
    pool = database.pool();
    database.query("delete from saga");
  }

  @AfterEach
  void stop() {
    for (SagaApp each : new SagaApp[] {app, second}) {
      if (each != null) {
        each.close();
      }
    }
    pool.close();
  }

  @ParameterizedTest
  @CsvSource({
    "stock, stock #1, undo stock #1",
    "report, stock #1|create #2|report #3, undo report #3|undo create #2|undo stock #1",
    "undo report, stock #1|create #2|undo report #3, undo report #3|undo create #2|undo stock #1",
    "undo create, stock #1|create #2|undo report #3|undo create #2, undo create #2|undo stock #1",
    "undo stock, stock #1|create #2|undo report #3|undo create #2|undo stock #1, undo stock #1"
  })
  void whatAKilledProcessLeavesIsUndoneNoneSkippedNoneDoubled(
      String where, String before, String after) throws Exception {
    app = start(SagaSettings.defaults(), counts);
    Path ledger = folder.resolve("ledger");
    Process process = doomed(ledger, where);
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> lines(ledger).equals(List.of(before.split("\\|"))));
    } finally {
      process.destroyForcibly().waitFor();
    }
    Instant killed = Instant.now();
    assertThat(only().state().isFinal()).isFalse();

    await().atMost(Duration.ofSeconds(10)).until(() -> only().state() == SagaState.COMPENSATED);

    assertThat(Duration.between(killed, Instant.now())).isLessThan(Duration.ofSeconds(8));
    // What was being called when it died is called again: whether it acted is for its barrier to
    // know.
    assertThat(participants.events()).containsExactly(after.split("\\|"));
    assertThat(only().epoch()).isEqualTo(2);
    assertThat(counts.takeovers).hasSize(1);
    assertThat(counts.takeovers.get(0)).isBetween(Duration.ZERO, Duration.ofSeconds(5));
  }

  @Test
  void anOwnerThatWasAsleepCannotWriteAfterTheTakeover() throws Exception {
    app = start(SagaSettings.defaults(), counts);
    Path ledger = folder.resolve("ledger");
    Process process = doomed(ledger, "report");
    try {
      await().atMost(Duration.ofSeconds(60)).until(() -> lines(ledger).contains("report #3"));
      signal("STOP", process);
      Instant asleep = Instant.now();
      await().atMost(Duration.ofSeconds(10)).until(() -> only().state() == SagaState.COMPENSATED);
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> Instant.now().isAfter(asleep.plusSeconds(30)));
      Files.createFile(Path.of(ledger + ".go"));
      signal("CONT", process);

      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> lines(ledger).stream().anyMatch(line -> line.startsWith("end ")));
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(only().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(only().epoch()).isEqualTo(2);
    // It may find out first that it is late, or that the saga is not its own any more.
    assertThat(lines(ledger))
        .containsAnyOf("end SagaUnfinishedException", "end SagaTakenOverException")
        .noneMatch(line -> line.startsWith("undo "));
    assertThat(participants.events())
        .containsExactly("undo report #3", "undo create #2", "undo stock #1");
  }

  private static void signal(String name, Process process) throws Exception {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  @Test
  void aTakeoverWhoseCommitIsNotAnsweredIsGoneOnWith() throws Exception {
    throughAWire(
        (wire, journal) -> {
          wire.cutAnswerTo("update saga set owner", "COMMIT");
          journal.begin(
              Saga.running("lost", "dead", Instant.now().plusSeconds(60), null, 1)
                  .with(Enlistment.of(1, "direct:undo-stock", null, Map.of())));
        });
  }

  @Test
  void aRetryWhoseCommitIsNotAnsweredIsGoneOnWith() throws Exception {
    throughAWire(
        (wire, journal) -> {
          Saga saga =
              Saga.running("lost", "dead", Instant.now().plusSeconds(60), null, 1)
                  .with(Enlistment.of(1, "direct:undo-stock", null, Map.of()));
          journal.renew("dead", Duration.ofMinutes(1));
          journal.begin(saga);
          saga = journal.write(SagaState.RUNNING, saga.compensating(null, "why"));
          journal.write(SagaState.COMPENSATING, saga.parked(null));
          wire.cutAnswerTo("update saga set owner", "COMMIT");
          assertThatThrownBy(() -> app.service.retry("lost"))
              .isInstanceOf(JournalUnavailableException.class);
        });
  }

  private interface Loss {
    void on(Wire wire, SagaJournal journal);
  }

  private void throughAWire(Loss loss) throws Exception {
    try (Wire wire = new Wire(database.port());
        HikariDataSource wired = database.pool(wire.port())) {
      app =
          SagaApp.start(
              new JdbcSagaService(wired, SagaApp.quick(), SagaApp.outcomes(), counts),
              SagaApp.orders(participants));

      loss.on(wire, new JdbcSagaJournal(pool));

      await().atMost(Duration.ofSeconds(10)).until(() -> only().state() == SagaState.COMPENSATED);
      assertThat(wire.isArmed()).isFalse();
      // Taken by the commit that nobody knew of, and once more.
      assertThat(only().epoch()).isEqualTo(3);
      assertThat(participants.events()).containsExactly("undo stock #1");
      app.close();
    }
  }

  @Test
  void twoInstancesShareWhatManySagasOfADeadOneNeed() throws Exception {
    Counts others = new Counts();
    app = start(SagaApp.quick(), counts);
    second = start(SagaApp.quick(), others);
    JdbcSagaJournal journal = new JdbcSagaJournal(pool);
    journal.renew("dead", SagaApp.quick().lease().multipliedBy(3));
    int number = 200;
    for (int i = 0; i < number; i++) {
      journal.begin(
          Saga.running(
                  java.util.UUID.randomUUID().toString(),
                  "dead",
                  Instant.now().plusSeconds(60),
                  null,
                  1)
              .with(Enlistment.of(1, "direct:undo-stock", null, Map.of())));
    }

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> app.service.list(SagaState.COMPENSATED, 300, null).size() == number);

    assertThat(participants.events()).hasSize(number);
    assertThat(counts.takeovers.size() + others.takeovers.size()).isEqualTo(number);
    List<Duration> late = new ArrayList<>(counts.takeovers);
    late.addAll(others.takeovers);
    assertThat(late).allMatch(time -> time.compareTo(Duration.ofSeconds(5)) < 0);
  }

  @Test
  void aCleanStopHandsOverAtOnceAndCountsNoTry() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    SagaSettings slow = SagaApp.withLease(SagaApp.quick(), Duration.ofMinutes(5));
    second = start(slow, new Counts());
    participants.on("report", Participants.fail("ill"));
    participants.on(
        "undo create",
        exchange -> {
          entered.countDown();
          new CountDownLatch(1).await();
        });
    Future<Exchange> answer =
        second.context.createFluentProducerTemplate().to("direct:order").withBody("x").asyncSend();
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    second.context.getShutdownStrategy().setTimeout(1);

    second.close();
    participants.heal("undo create");
    assertThat(answer.get(5, TimeUnit.SECONDS).getException())
        .isInstanceOf(SagaUnfinishedException.class);
    assertThat(only().state()).isEqualTo(SagaState.COMPENSATING);
    app = start(SagaApp.quick(), counts);

    await().until(() -> only().state() == SagaState.COMPENSATED);
    assertThat(only().enlistments()).allMatch(step -> step.tries() == 0);
    assertThat(participants.events())
        .containsExactly(
            "stock #1", "create #2", "undo report #3", "undo create #2", "undo stock #1");
    assertThat(counts.takeovers).hasSize(1);
  }

  @Test
  void aServiceThatIsStoppedAndStartedAgainFinishesItsOwnSagas() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    app = start(SagaApp.quick(), counts);
    participants.on(
        "create",
        exchange -> {
          entered.countDown();
          new CountDownLatch(1).await();
        });
    app.context.createFluentProducerTemplate().to("direct:order").withBody("x").asyncSend();
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    app.context.getShutdownStrategy().setTimeout(1);

    app.close();
    participants.heal("create");
    app = SagaApp.start(app.service, SagaApp.orders(participants));

    await().until(() -> only().state() == SagaState.COMPENSATED);
    assertThat(participants.count("undo")).isEqualTo(2);
    assertThat(app.send("direct:order", "y").getException()).isNull();
  }

  @Test
  void aRunningSagaGoesOnWhereItIsJoined() throws Exception {
    app = start(SagaApp.quick(), counts);
    second = start(SagaApp.quick(), new Counts());
    for (SagaApp each : List.of(app, second)) {
      each.context.addRoutes(
          new org.apache.camel.builder.RouteBuilder() {
            @Override
            public void configure() {
              errorHandler(noErrorHandler());
              from("direct:manual")
                  .saga()
                  .completionMode(org.apache.camel.model.SagaCompletionMode.MANUAL)
                  .to("direct:stock")
                  .end();
              from("direct:finish").to("saga:complete");
            }
          });
    }
    app.send("direct:manual", "x");
    String id = only().id();

    Exchange joined =
        second.send("direct:create", e -> e.getMessage().setHeader("Long-Running-Action", id));
    Exchange done =
        second.send("direct:finish", e -> e.getMessage().setHeader("Long-Running-Action", id));

    assertThat(joined.getException()).isNull();
    assertThat(done.getException()).isNull();
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(participants.events()).containsExactly("stock #1", "create #2");
    assertThat(
            app.send("direct:create", e -> e.getMessage().setHeader("Long-Running-Action", id))
                .getException())
        .isNotNull();
    assertThat(participants.count("undo")).isZero();
  }

  private SagaApp start(SagaSettings settings, Counts told) {
    return SagaApp.start(
        new JdbcSagaService(pool, settings, SagaApp.outcomes(), told),
        SagaApp.orders(participants));
  }

  private Process doomed(Path ledger, String where) throws IOException {
    DatabaseAccess access = database.access();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            DoomedSagas.class.getName(),
            access.jdbcUrl(),
            access.appUser(),
            access.appPassword(),
            ledger.toString(),
            where)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  private static List<String> lines(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.toList();
    }
  }

  private Saga only() {
    List<Saga> sagas = new JdbcSagaJournal(pool).list(null, 10, null);
    assertThat(sagas).hasSize(1);
    return sagas.get(0);
  }
}
