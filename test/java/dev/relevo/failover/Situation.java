package dev.relevo.failover;

import dev.relevo.failover.NodeState.Receiver;
import dev.relevo.failover.NodeState.Replication;
import dev.relevo.failover.NodeState.ServerRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A snapshot and a record in the making. It begins as a whole pair: a is primary and b has
 * everything; each field is one thing to change about that.
 */
final class Situation {
  static final SimPosition OLD = SimPosition.NOTHING.with(0).with(1).with(2).with(3).with(4);
  static final SimPosition NEWER = OLD.with(5);
  static final SimPosition NEWEST = NEWER.with(6);

  boolean survives;
  // the record
  boolean inSync = true;
  boolean paused;
  boolean provisionReplica;
  String accepted = "a-1";
  String peer = "b-1";
  // the primary
  int failedProbes;
  double silentSeconds;
  boolean seen = true;
  ServerRole role = ServerRole.PRIMARY;
  boolean writable = true;
  boolean zeroLoss = true;
  boolean attached = true;
  int waiting;
  SimPosition end = NEWER;
  String incarnation = "a-1";
  double upSeconds = 100;
  boolean unsound;
  Receiver primaryReceiver = Receiver.STOPPED;
  // the replica
  boolean replicaSilent;
  ServerRole replicaRole = ServerRole.REPLICA;
  String replicaIncarnation = "b-1";
  NodeId source = NodeId.A;
  Receiver receiver = Receiver.CONNECTED;
  boolean applying = true;
  SimPosition received = NEWER;
  SimPosition applied = NEWER;
  boolean diverged;
  boolean replicaUnsound;
  double receivedStillSeconds = 100;
  // the rest
  boolean routerSilent;
  boolean ready = true;
  int sessions = 3;
  boolean replicaReady;
  double stalledSeconds;
  Double joinSeconds;
  SimPosition mark = NEWER;
  double relaxedSeconds = 1000;
  Request.Kind request;
  double requestSeconds = 1;
  Set<NodeId> leaving = Set.of();
  double promotedSeconds = 1000;
  double watchdogSeconds = 1000;

  PairRecord record() {
    return new PairRecord(
        3,
        NodeId.A,
        inSync,
        Optional.ofNullable(accepted),
        inSync ? Optional.of(peer) : Optional.empty(),
        provisionReplica && !inSync ? Set.of(NodeId.B) : Set.of(),
        paused,
        0);
  }

  Snapshot snapshot() {
    Map<NodeId, NodeView> nodes = new EnumMap<>(NodeId.class);
    nodes.put(NodeId.A, primary());
    nodes.put(NodeId.B, replica());
    return new Snapshot(
        new EngineTraits("engine", survives, "transactions", 3),
        FailoverTimes.defaults(),
        nodes,
        routerSilent
            ? new Router.State.Silent("refused", false)
            : new Router.State.Up(
                Map.of(
                    NodeId.A, new Router.Server(ready, sessions),
                    NodeId.B, new Router.Server(replicaReady, 0))),
        seconds(stalledSeconds),
        Optional.ofNullable(joinSeconds).map(since -> new Join(mark, "a-1", "b-1", seconds(since))),
        seconds(relaxedSeconds),
        Optional.ofNullable(request)
            .map(kind -> new Request(kind, NodeId.B, seconds(requestSeconds))),
        leaving,
        seconds(promotedSeconds),
        seconds(watchdogSeconds),
        1_000_000);
  }

  Facts facts() {
    return new Facts(snapshot(), record());
  }

  Decision decide() {
    return new FailoverDecision().decide(snapshot(), record());
  }

  private NodeView primary() {
    if (failedProbes > 0) {
      return new NodeView(
          new NodeState.Silent("no answer"),
          seconds(silentSeconds),
          failedProbes,
          seen,
          Duration.ZERO,
          seconds(silentSeconds));
    }
    Optional<Replication> replication =
        role == ServerRole.PRIMARY
            ? Optional.empty()
            : Optional.of(
                new Replication(
                    Optional.of(NodeId.B), primaryReceiver, true, end, end, Optional.empty()));
    NodeState up =
        new NodeState.Up(
            incarnation,
            role,
            writable && role == ServerRole.PRIMARY,
            zeroLoss && role == ServerRole.PRIMARY,
            attached,
            waiting,
            end,
            replication,
            problems(unsound));
    return new NodeView(up, Duration.ZERO, 0, true, seconds(upSeconds), seconds(upSeconds));
  }

  private NodeView replica() {
    if (replicaSilent) {
      return new NodeView(
          new NodeState.Silent("no answer"), seconds(20), 20, true, Duration.ZERO, seconds(20));
    }
    boolean primary = replicaRole == ServerRole.PRIMARY;
    Optional<Replication> replication =
        primary
            ? Optional.empty()
            : Optional.of(
                new Replication(
                    Optional.ofNullable(source),
                    receiver,
                    applying,
                    received.or(applied),
                    applied,
                    diverged ? Optional.of("it has more") : Optional.empty()));
    NodeState up =
        new NodeState.Up(
            replicaIncarnation,
            replicaRole,
            primary,
            false,
            false,
            0,
            applied,
            replication,
            problems(replicaUnsound));
    return new NodeView(up, Duration.ZERO, 0, true, seconds(100), seconds(receivedStillSeconds));
  }

  private static List<String> problems(boolean unsound) {
    return unsound ? new ArrayList<>(List.of("sync_binlog=0, want 1")) : List.of();
  }

  private static Duration seconds(double n) {
    return Duration.ofMillis(Math.round(n * 1000));
  }
}
