package dev.relevo.failover.engine;

import static dev.relevo.failover.NodeId.A;
import static dev.relevo.failover.NodeId.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.failover.ActFailedException;
import dev.relevo.failover.Engine;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.NodeState;
import dev.relevo.failover.NodeState.Receiver;
import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.NodeState.Up;
import dev.relevo.failover.Position;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** What holds for each engine; one life of a pair, told in order. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class AdapterCases {
  private final String name;
  private Pair pair;
  private Engine engine;
  private boolean failed;
  private int next;

  AdapterCases(String name) {
    this.name = name;
  }

  /** Each chapter begins where the one before it ended, so none is told after one that failed. */
  @RegisterExtension
  final TestExecutionExceptionHandler ends =
      (context, failure) -> {
        failed = true;
        throw failure;
      };

  @BeforeEach
  void goOn() {
    assumeThat(failed).as("an earlier chapter failed").isFalse();
  }

  @BeforeAll
  void startPair() throws IOException {
    pair = new Pair(name);
    pair.build();
    engine = pair.adapter();
  }

  @AfterAll
  void stopPair() {
    if (pair != null) {
      pair.close();
    }
  }

  Pair pair() {
    return pair;
  }

  @Test
  @Order(1)
  void theFirstPrimaryComesUpReadOnlyAndWaitsForNobody() {
    pair.start(A);
    Up a = pair.up(A);
    assertThat(a.role()).isEqualTo(ServerRole.PRIMARY);
    assertThat(a.writable()).isFalse();
    assertThat(a.zeroLossOn()).isFalse();
    assertThat(a.replicaAttached()).isFalse();
    assertThat(a.unsound()).isEmpty();
    assertThat(a.replication()).isEmpty();
    assertThatThrownBy(() -> createTable()).isInstanceOf(SQLException.class);
  }

  @Test
  @Order(2)
  void writesAreOpenedAndClosed() throws SQLException {
    engine.openWrites(A);
    engine.openWrites(A);
    assertThat(pair.up(A).writable()).isTrue();
    createTable();
    writeOn(A);
    engine.heartbeat(A);
    engine.heartbeat(A);
    engine.closeWrites(A);
    assertThat(pair.up(A).writable()).isFalse();
    assertThatThrownBy(() -> writeOn(A)).isInstanceOf(SQLException.class);
    engine.openWrites(A);
    writeOn(A);
    engine.heartbeat(A);
  }

  @Test
  @Order(3)
  void thePeerTakesACopyAndFollows() throws SQLException {
    pair.opened();
    pair.start(B);
    follow(B, A);
    pair.awaitReceived(B, A);
    assertSame(B, A);
    assertThat(pair.asked()).anyMatch(line -> line.startsWith("b cloned"));
    assertThat(pair.up(B).writable()).isFalse();
    assertThatThrownBy(() -> writeOn(B)).isInstanceOf(SQLException.class);
  }

  @Test
  @Order(4)
  void aCommitWaitsForARequiredReplicaUntilThatIsDropped() throws Exception {
    require(A, B);
    writeOn(A);
    engine.stopReceiver(B);
    engine.stopReceiver(B);
    assertThat(pair.replication(B).receiver()).isEqualTo(Receiver.STOPPED);
    CompletableFuture<Void> write = writeLater(A);
    pair.awaitUp(A, "has a commit that waits", up -> up.commitsWaiting() > 0);
    Up waiting = pair.up(A);
    assertThat(pair.replication(B).received().covers(waiting.end())).isFalse();
    assertThat(waiting.zeroLossOn()).isTrue();
    assertThat(write).isNotDone();
    engine.relax(A);
    engine.relax(A);
    write.get(20, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(pair.up(A).zeroLossOn()).isFalse();
    engine.attach(B, A);
    pair.awaitReceived(B, A);
    assertSame(B, A);
  }

  @Test
  @Order(5)
  void aFrozenServerIsSilentInTime() {
    pair.up(A);
    pair.stack().freeze(pair.service(A));
    long begun = System.nanoTime();
    for (int i = 0; i < 5; i++) {
      assertThat(engine.probe(A)).isInstanceOf(NodeState.Silent.class);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(7));
    pair.stack().thaw(pair.service(A));
    pair.up(A);
  }

  /** A crash, a promotion, and the return of the one that crashed. */
  @Test
  @Order(6)
  void whatIsAcknowledgedSurvivesTheLossOfThePrimary() throws Exception {
    require(A, B);
    for (int i = 0; i < 20; i++) {
      writeOn(A);
    }
    List<Integer> acknowledged = pair.read(A);
    // A tail that nobody has confirmed.
    engine.stopReceiver(B);
    CompletableFuture<Void> lost = writeLater(A);
    pair.awaitUp(A, "has a commit that waits", up -> up.commitsWaiting() > 0);
    String before = pair.up(A).incarnation();
    pair.silent(true);
    pair.stack().crash(pair.service(A));
    assertThat(lost).failsWithin(Duration.ofSeconds(30));

    takeOver(B);
    Up promoted = pair.up(B);
    assertThat(promoted.role()).isEqualTo(ServerRole.PRIMARY);
    assertThat(promoted.writable()).isFalse();
    assertThat(promoted.zeroLossOn()).isFalse();
    assertThat(pair.read(B)).isEqualTo(acknowledged);
    engine.openWrites(B);
    writeOn(B);

    pair.name(B);
    pair.silent(false);
    follow(A, B);
    assertThat(pair.up(A).incarnation()).isNotEqualTo(before);
    pair.awaitReceived(A, B);
    assertSame(A, B);
    require(B, A);
    writeOn(B);
    pair.awaitReceived(A, B);
    assertSame(A, B);
  }

  /** The desk says that a node that runs as a primary is to be a replica: so it was partitioned. */
  @Test
  @Order(7)
  void aPrimaryThatIsNamedNoLongerStopsAndFollows() throws Exception {
    engine.closeWrites(B);
    pair.awaitReceived(A, B);
    takeOver(A);
    engine.openWrites(A);
    writeOn(A);
    String before = pair.up(B).incarnation();
    pair.name(A);
    pair.awaitUp(B, "has started anew", up -> !up.incarnation().equals(before));
    follow(B, A);
    pair.awaitReceived(B, A);
    assertSame(B, A);
    require(A, B);
  }

  @Test
  @Order(8)
  void aPrimaryThatRestartsComesBackReadOnlyWithAllItHad() throws Exception {
    writeOn(A);
    List<Integer> rows = pair.read(A);
    String before = pair.up(A).incarnation();
    pair.stack().crash(pair.service(A));
    Up back = pair.awaitUp(A, "is back", up -> !up.incarnation().equals(before));
    assertThat(back.role()).isEqualTo(ServerRole.PRIMARY);
    assertThat(back.writable()).isFalse();
    assertThat(back.zeroLossOn()).isFalse();
    assertThat(pair.read(A)).isEqualTo(rows);
    follow(B, A);
    pair.awaitReceived(B, A);
    // In this order, for a log may grow by itself.
    Position received = pair.replication(B).received();
    assertThat(pair.up(A).end().covers(received)).isTrue();
    require(A, B);
    engine.openWrites(A);
    writeOn(A);
  }

  /** What {@code receivedLogSurvivesRestart} declares, where it does. */
  @Test
  @Order(9)
  void whatAReplicaHasConfirmedSurvivesItsRestart() throws Exception {
    if (!engine.traits().receivedLogSurvivesRestart()) {
      assertThatThrownBy(() -> engine.startApplier(B)).isInstanceOf(ActFailedException.class);
      return;
    }
    require(A, B);
    pair.awaitReceived(B, A);
    stopApplying(B);
    for (int i = 0; i < 20; i++) {
      writeOn(A);
    }
    List<Integer> acknowledged = pair.read(A);
    assertThat(pair.replication(B).applied().covers(pair.replication(B).received())).isFalse();
    String before = pair.up(B).incarnation();
    pair.silent(true);
    pair.stack().crash(List.of(pair.service(A), pair.service(B)));
    pair.stack().docker("stop", "--time", "0", pair.stack().container(pair.service(A)));
    pair.silent(false);

    pair.awaitUp(B, "is back", up -> !up.incarnation().equals(before));
    takeOver(B);
    assertThat(pair.read(B)).isEqualTo(acknowledged);
    pair.name(B);
    engine.openWrites(B);
    writeOn(B);
    pair.start(A);
    follow(A, B);
    pair.awaitReceived(A, B);
    assertSame(A, B);
  }

  /** Has the replica go on receiving, and apply nothing. */
  abstract void stopApplying(NodeId replica);

  @Test
  @Order(10)
  void aNodeIsProvisionedAnewWhenItsRecordSaysSo() throws Exception {
    NodeId primary = pair.up(A).role() == ServerRole.PRIMARY ? A : B;
    NodeId replica = primary.peer();
    String before = pair.up(replica).incarnation();
    pair.clone(replica);
    engine.reprovision(replica, primary);
    // Killed in the middle, it begins again.
    await("the copying has begun")
        .atMost(Pair.PATIENCE)
        .until(
            () ->
                pair.asked().stream()
                    .anyMatch(l -> l.contains("present -> role=replica provision=clone")));
    pair.stack().crash(pair.service(replica));
    pair.awaitUp(replica, "is back", up -> !up.incarnation().equals(before));
    follow(replica, primary);
    writeOn(primary);
    pair.awaitReceived(replica, primary);
    assertSame(replica, primary);
  }

  /** Nobody gets in without a password, or as root; the application can't change the schema. */
  @Test
  @Order(11)
  void rightsAreTheLeast() throws Exception {
    NodeId primary = pair.up(A).role() == ServerRole.PRIMARY ? A : B;
    try (Connection application = pair.application(primary);
        Statement sql = application.createStatement()) {
      assertThatThrownBy(() -> sql.execute("CREATE TABLE mine (id INT)"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> sql.execute("DROP TABLE tried")).isInstanceOf(SQLException.class);
    }
    for (String user : List.of("root", "mysql", "postgres", "admin", "")) {
      assertThatThrownBy(() -> pair.connectAs(primary, user, "").close())
          .isInstanceOf(SQLException.class);
    }
  }

  private void follow(NodeId replica, NodeId primary) {
    Up found = pair.awaitUp(replica, "is a replica or read-only", up -> !up.writable());
    if (found.role() == ServerRole.PRIMARY) {
      engine.demote(replica, primary);
      engine.demote(replica, primary);
    }
    pair.awaitUp(replica, "is a replica", up -> up.role() == ServerRole.REPLICA);
    for (int tries = 0; tries < 3; tries++) {
      engine.attach(replica, primary);
      engine.attach(replica, primary);
      Up seen =
          pair.awaitUp(
              replica,
              "is connected, or has diverged",
              up ->
                  up.replication()
                      .filter(r -> r.receiver() == Receiver.CONNECTED || r.diverged().isPresent())
                      .isPresent());
      if (seen.replication().orElseThrow().diverged().isEmpty()) {
        assertThat(seen.replication().get().source()).isEqualTo(Optional.of(primary));
        return;
      }
      diverged(replica, seen);
      pair.clone(replica);
      engine.reprovision(replica, primary);
      String before = seen.incarnation();
      Up again = pair.awaitUp(replica, "is provisioned", up -> !up.incarnation().equals(before));
      if (again.role() == ServerRole.PRIMARY) {
        engine.demote(replica, primary);
      }
    }
    throw new AssertionError(replica + " does not follow");
  }

  /** Called when a replica had to be provisioned anew. */
  void diverged(NodeId replica, Up seen) {}

  private void require(NodeId primary, NodeId replica) {
    engine.requireReplica(primary);
    engine.requireReplica(primary);
    Up up = pair.awaitUp(primary, "has its replica", Up::replicaAttached);
    assertThat(up.zeroLossOn()).isTrue();
  }

  /** As a watchdog does it. */
  private void takeOver(NodeId replica) {
    engine.stopReceiver(replica);
    if (!pair.replication(replica).applierRunning()) {
      engine.startApplier(replica);
    }
    pair.awaitReplication(replica, "is drained", r -> r.applied().covers(r.received()));
    engine.promote(replica);
    engine.promote(replica);
  }

  private void createTable() throws SQLException {
    try (Connection connection = pair.migrator(A);
        Statement sql = connection.createStatement()) {
      sql.execute("CREATE TABLE tried (id INT PRIMARY KEY)");
    }
  }

  private void writeOn(NodeId node) throws SQLException {
    next++;
    pair.write(node, next);
  }

  private CompletableFuture<Void> writeLater(NodeId node) {
    next++;
    int id = next;
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                pair.write(node, id);
                done.complete(null);
              } catch (SQLException e) {
                done.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private void assertSame(NodeId replica, NodeId primary) throws SQLException {
    List<Integer> rows = pair.read(primary);
    await(replica + " has the rows of " + primary)
        .atMost(Pair.PATIENCE)
        .untilAsserted(() -> assertThat(pair.read(replica)).isEqualTo(rows));
  }
}
