package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.failover.NodeState.Receiver;
import dev.relevo.failover.NodeState.ServerRole;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** For each rule one situation in which it decides; what is not named is as in a whole pair. */
class RuleTableTest {
  private static final Map<String, Row> ROWS = new LinkedHashMap<>();

  /** What is different, and what has to be said and done. */
  private record Row(
      Consumer<Situation> different, PairState state, Diagnosis diagnosis, Action action) {}

  static {
    row(
        "fence-unnamed",
        s -> s.replicaReady = true,
        PairState.WHOLE,
        Diagnosis.HEALTHY,
        Action.FENCE);
    row(
        "fence-returned",
        s -> s.incarnation = "a-2",
        PairState.RETURNING,
        Diagnosis.HEALTHY,
        Action.FENCE);
    row("paused", s -> s.paused = true, PairState.WHOLE, Diagnosis.HEALTHY, Action.HOLD_PAUSED);

    row(
        "handover-fence",
        s -> {
          dead(s);
          s.ready = true;
          s.sessions = 0;
        },
        PairState.HANDING_OVER,
        Diagnosis.PRIMARY_DEAD,
        Action.FENCE);
    row(
        "handover-close",
        s -> {
          unrouted(s);
          s.request = Request.Kind.SWITCHOVER;
        },
        PairState.HANDING_OVER,
        Diagnosis.HEALTHY,
        Action.CLOSE_WRITES);
    row(
        "handover-catch-up",
        s -> {
          closed(s);
          s.request = Request.Kind.SWITCHOVER;
          s.end = Situation.NEWEST;
        },
        PairState.HANDING_OVER,
        Diagnosis.HEALTHY,
        Action.WAIT_CAUGHT_UP);
    row(
        "handover-stop-receiver",
        s -> {
          dead(s);
          s.receiver = Receiver.CONNECTING;
        },
        PairState.HANDING_OVER,
        Diagnosis.PRIMARY_DEAD,
        Action.STOP_RECEIVER);
    row(
        "handover-start-applier",
        s -> {
          dead(s);
          undrained(s);
          s.applying = false;
          s.survives = true;
        },
        PairState.HANDING_OVER,
        Diagnosis.PRIMARY_DEAD,
        Action.START_APPLIER);
    row(
        "handover-drain",
        s -> {
          dead(s);
          undrained(s);
        },
        PairState.HANDING_OVER,
        Diagnosis.PRIMARY_DEAD,
        Action.WAIT_DRAINED);
    row(
        "handover-not-drained",
        s -> {
          dead(s);
          undrained(s);
          s.applying = false;
        },
        PairState.HANDING_OVER,
        Diagnosis.PRIMARY_DEAD,
        Action.HOLD_NOT_DRAINED);
    row(
        "name-the-peer",
        RuleTableTest::dead,
        PairState.HANDING_OVER,
        Diagnosis.PRIMARY_DEAD,
        Action.RECORD_PROMOTION);

    row(
        "takeover-stop-receiver",
        s -> {
          takingOver(s);
          s.primaryReceiver = Receiver.CONNECTING;
        },
        PairState.TAKING_OVER,
        Diagnosis.REPLICA_UNREACHABLE,
        Action.STOP_RECEIVER);
    row(
        "promote",
        RuleTableTest::takingOver,
        PairState.TAKING_OVER,
        Diagnosis.REPLICA_UNREACHABLE,
        Action.PROMOTE);

    row(
        "return-replica-restarted",
        s -> {
          returned(s);
          s.replicaIncarnation = "b-2";
        },
        PairState.RETURNING,
        Diagnosis.REPLICA_RESTARTED,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "return-confirmed",
        RuleTableTest::returned,
        PairState.RETURNING,
        Diagnosis.HEALTHY,
        Action.RECORD_INCARNATION);
    row(
        "return-attach",
        s -> {
          returned(s);
          s.end = Situation.NEWEST;
          s.receiver = Receiver.STOPPED;
        },
        PairState.RETURNING,
        Diagnosis.REPLICA_STOPPED,
        Action.ATTACH);
    row(
        "return-wait",
        s -> {
          returned(s);
          s.end = Situation.NEWEST;
          s.receiver = Receiver.CONNECTING;
        },
        PairState.RETURNING,
        Diagnosis.REPLICA_DISCONNECTED,
        Action.WAIT_CONFIRMED);
    row(
        "return-without-replica",
        s -> {
          returned(s);
          s.replicaSilent = true;
          s.upSeconds = 5;
        },
        PairState.RETURNING,
        Diagnosis.REPLICA_UNREACHABLE,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "return-alone",
        s -> {
          returned(s);
          s.inSync = false;
        },
        PairState.RETURNING,
        Diagnosis.HEALTHY,
        Action.RECORD_INCARNATION);

    row(
        "drop-zero-loss-off",
        s -> s.zeroLoss = false,
        PairState.WHOLE,
        Diagnosis.ZERO_LOSS_OFF,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "drop-unsound",
        s -> s.replicaUnsound = true,
        PairState.WHOLE,
        Diagnosis.SETTINGS_UNSOUND,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "drop-lost",
        s -> {
          s.attached = false;
          s.waiting = 1;
          s.stalledSeconds = 1;
          s.replicaSilent = true;
        },
        PairState.WHOLE,
        Diagnosis.REPLICA_LOST,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "drop-not-acking",
        s -> {
          s.waiting = 1;
          s.stalledSeconds = 2;
          s.received = Situation.OLD;
          s.applied = Situation.OLD;
        },
        PairState.WHOLE,
        Diagnosis.REPLICA_NOT_ACKING,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "drop-restarted",
        s -> s.replicaIncarnation = "b-2",
        PairState.WHOLE,
        Diagnosis.REPLICA_RESTARTED,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "drop-diverged",
        s -> s.diverged = true,
        PairState.WHOLE,
        Diagnosis.REPLICA_DIVERGED,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "drop-primary",
        s -> s.replicaRole = ServerRole.PRIMARY,
        PairState.WHOLE,
        Diagnosis.TWO_PRIMARIES,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "drop-not-applying",
        s -> {
          s.applying = false;
          s.applied = Situation.OLD;
        },
        PairState.WHOLE,
        Diagnosis.REPLICA_STOPPED,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "drop-leaving",
        s -> s.leaving = Set.of(NodeId.B),
        PairState.WHOLE,
        Diagnosis.HEALTHY,
        Action.RECORD_NOT_IN_SYNC);
    row(
        "relax",
        s -> {
          s.inSync = false;
          s.replicaSilent = true;
        },
        PairState.JOINING,
        Diagnosis.REPLICA_UNREACHABLE,
        Action.RELAX);

    row(
        "fence-leaving",
        s -> {
          alone(s);
          s.leaving = Set.of(NodeId.A);
        },
        PairState.ALONE,
        Diagnosis.HEALTHY,
        Action.FENCE);
    row(
        "restore-before-open",
        s -> {
          alone(s);
          closed(s);
          s.unsound = true;
        },
        PairState.OPENING,
        Diagnosis.SETTINGS_UNSOUND,
        Action.RESTORE_SETTINGS);
    row(
        "require-before-open",
        s -> {
          closed(s);
          s.zeroLoss = false;
        },
        PairState.OPENING,
        Diagnosis.HEALTHY,
        Action.REQUIRE);
    row(
        "open-writes",
        RuleTableTest::closed,
        PairState.OPENING,
        Diagnosis.HEALTHY,
        Action.OPEN_WRITES);
    row("route", RuleTableTest::unrouted, PairState.OPENING, Diagnosis.HEALTHY, Action.ROUTE);

    row(
        "restore-primary",
        s -> {
          alone(s);
          s.unsound = true;
        },
        PairState.ALONE,
        Diagnosis.SETTINGS_UNSOUND,
        Action.RESTORE_SETTINGS);
    row(
        "restore-replica",
        s -> {
          alone(s);
          s.replicaUnsound = true;
        },
        PairState.ALONE,
        Diagnosis.SETTINGS_UNSOUND,
        Action.RESTORE_SETTINGS);
    row(
        "demote",
        s -> {
          alone(s);
          s.replicaRole = ServerRole.PRIMARY;
        },
        PairState.ALONE,
        Diagnosis.TWO_PRIMARIES,
        Action.DEMOTE);
    row(
        "provisioned",
        s -> {
          alone(s);
          s.provisionReplica = true;
        },
        PairState.ALONE,
        Diagnosis.HEALTHY,
        Action.RECORD_PROVISIONED);
    row(
        "diverged",
        s -> {
          alone(s);
          s.diverged = true;
        },
        PairState.ALONE,
        Diagnosis.REPLICA_DIVERGED,
        Action.RECORD_REPROVISION);
    row(
        "reprovision",
        s -> {
          alone(s);
          s.diverged = true;
          s.provisionReplica = true;
        },
        PairState.ALONE,
        Diagnosis.REPLICA_DIVERGED,
        Action.REPROVISION);
    row(
        "attach",
        s -> {
          alone(s);
          s.source = null;
        },
        PairState.ALONE,
        Diagnosis.REPLICA_STOPPED,
        Action.ATTACH);
    row(
        "attach-wait",
        s -> {
          s.receiver = Receiver.STOPPED;
          s.applied = Situation.OLD;
        },
        PairState.WHOLE,
        Diagnosis.REPLICA_STOPPED,
        Action.WAIT_DRAINED);

    row(
        "recognise",
        s -> {
          s.survives = true;
          s.replicaIncarnation = "b-2";
        },
        PairState.WHOLE,
        Diagnosis.HEALTHY,
        Action.RECORD_IN_SYNC);
    row(
        "joined",
        s -> {
          s.inSync = false;
          s.joinSeconds = 0.3;
        },
        PairState.JOINING,
        Diagnosis.HEALTHY,
        Action.RECORD_IN_SYNC);
    row(
        "join-wait",
        s -> {
          s.inSync = false;
          s.joinSeconds = 0.3;
          s.mark = Situation.NEWEST;
        },
        PairState.JOINING,
        Diagnosis.HEALTHY,
        Action.WAIT_CONFIRMED);
    row("require", RuleTableTest::alone, PairState.ALONE, Diagnosis.HEALTHY, Action.REQUIRE);

    row(
        "hold-starting",
        s -> {
          dead(s);
          s.seen = false;
          s.ready = false;
          s.replicaIncarnation = "b-2";
          s.watchdogSeconds = 6;
        },
        PairState.LOST,
        Diagnosis.PRIMARY_DEAD,
        Action.HOLD_STARTING);
    row(
        "hold-not-in-sync",
        s -> {
          dead(s);
          s.inSync = false;
        },
        PairState.LOST,
        Diagnosis.PRIMARY_DEAD,
        Action.HOLD_NOT_IN_SYNC);
    row(
        "hold-peer-silent",
        s -> {
          dead(s);
          s.replicaSilent = true;
        },
        PairState.LOST,
        Diagnosis.PRIMARY_DEAD,
        Action.HOLD_PEER_SILENT);
    row(
        "hold-incarnation-changed",
        s -> {
          dead(s);
          s.replicaIncarnation = "b-2";
        },
        PairState.LOST,
        Diagnosis.PRIMARY_DEAD,
        Action.HOLD_INCARNATION_CHANGED);
    row(
        "hold-not-fenced",
        s -> {
          dead(s);
          s.routerSilent = true;
        },
        PairState.LOST,
        Diagnosis.PRIMARY_DEAD,
        Action.HOLD_NOT_FENCED);
    row(
        "hold-cooldown",
        s -> {
          dead(s);
          s.promotedSeconds = 9;
        },
        PairState.LOST,
        Diagnosis.PRIMARY_DEAD,
        Action.HOLD_COOLDOWN);
    row(
        "hold-leaving",
        s -> {
          dead(s);
          s.leaving = Set.of(NodeId.B);
        },
        PairState.LOST,
        Diagnosis.PRIMARY_DEAD,
        Action.HOLD_LEAVING);

    row(
        "hold-primary-serves",
        s -> {
          dead(s);
          s.receiver = Receiver.CONNECTED;
          s.receivedStillSeconds = 0.2;
        },
        PairState.LOST,
        Diagnosis.PRIMARY_UNREACHABLE,
        Action.HOLD_PRIMARY_SERVES);
    row(
        "wait-primary",
        s -> {
          s.failedProbes = 2;
          s.silentSeconds = 0.6;
          s.receiver = Receiver.CONNECTING;
        },
        PairState.LOST,
        Diagnosis.PRIMARY_SILENT,
        Action.WAIT_PRIMARY);
    row(
        "hold-router-silent",
        s -> s.routerSilent = true,
        PairState.WHOLE,
        Diagnosis.ROUTER_SILENT,
        Action.HOLD_ROUTER_SILENT);
    row(
        "catching-up",
        s -> {
          alone(s);
          s.received = SimPosition.NOTHING;
          s.applied = SimPosition.NOTHING;
        },
        PairState.ALONE,
        Diagnosis.REPLICA_LAGGING,
        Action.WAIT_CATCHING_UP);
    row(
        "alone",
        s -> {
          alone(s);
          s.replicaSilent = true;
        },
        PairState.ALONE,
        Diagnosis.REPLICA_UNREACHABLE,
        Action.NONE);
    row("whole", s -> {}, PairState.WHOLE, Diagnosis.HEALTHY, Action.NONE);
  }

  private static void row(
      String rule,
      Consumer<Situation> different,
      PairState state,
      Diagnosis diagnosis,
      Action action) {
    ROWS.put(rule, new Row(different, state, diagnosis, action));
  }

  /** The primary is gone, its clients are fenced off, and the replica has noticed. */
  private static void dead(Situation s) {
    s.failedProbes = 20;
    s.silentSeconds = 6;
    s.receiver = Receiver.STOPPED;
    s.ready = false;
    s.sessions = 0;
  }

  private static void undrained(Situation s) {
    s.applied = Situation.OLD;
  }

  private static void unrouted(Situation s) {
    s.ready = false;
    s.sessions = 0;
  }

  private static void closed(Situation s) {
    unrouted(s);
    s.writable = false;
  }

  private static void returned(Situation s) {
    closed(s);
    s.incarnation = "a-2";
    s.zeroLoss = false;
    s.upSeconds = 1;
  }

  private static void takingOver(Situation s) {
    unrouted(s);
    s.role = ServerRole.REPLICA;
    s.inSync = false;
    s.replicaSilent = true;
  }

  private static void alone(Situation s) {
    s.inSync = false;
    s.zeroLoss = false;
  }

  @TestFactory
  Stream<DynamicTest> eachRuleDecidesInItsSituation() {
    return ROWS.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(), () -> decides(entry.getKey(), entry.getValue())));
  }

  private static void decides(String rule, Row row) {
    Situation situation = new Situation();
    row.different().accept(situation);
    Decision decision = situation.decide();
    assertThat(decision.rule()).isEqualTo(rule);
    assertThat(decision.state()).isEqualTo(row.state());
    assertThat(decision.diagnosis()).isEqualTo(row.diagnosis());
    assertThat(decision.action()).isEqualTo(row.action());
    assertThat(decision.sentence()).doesNotContain("{").isNotBlank();
  }

  @Test
  void everyRuleHasItsRow() {
    assertThat(ROWS.keySet())
        .containsExactlyElementsOf(RuleTable.RULES.stream().map(Rule::id).toList());
  }

  /** Its start is no sign that the pair is starting, too. */
  @Test
  void aWatchdogThatComesBackToADeadPrimaryDoesNotWaitIfThePeerHasStayedUp() {
    Situation s = new Situation();
    dead(s);
    s.seen = false;
    s.ready = false;
    s.watchdogSeconds = 6;
    assertThat(s.decide().state()).isEqualTo(PairState.HANDING_OVER);
    s.replicaSilent = true;
    assertThat(s.decide().action()).isEqualTo(Action.HOLD_STARTING);
  }
}
