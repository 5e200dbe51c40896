package dev.relevo.failover;

import dev.relevo.failover.NodeState.Receiver;
import dev.relevo.failover.NodeState.Replication;
import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.RoleAnswer.Data;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A simulated database server and what its node does around it. */
final class SimNode {
  enum Process {
    DOWN,
    ASKING,
    COPYING,
    STARTING,
    RUNNING,
    FROZEN
  }

  /** A commit that waits for the replica; its client may be gone. */
  static final class Commit {
    final int transaction;
    boolean clientThere = true;

    Commit(int transaction) {
      this.transaction = transaction;
    }
  }

  final NodeId id;
  Process process = Process.DOWN;
  int wakeAt;
  Data data = Data.NONE;
  RoleAnswer told;
  int incarnation;
  String name = "";
  ServerRole role = ServerRole.REPLICA;
  boolean writable;
  boolean zeroLoss;
  SimPosition log = SimPosition.NOTHING;
  SimPosition received = SimPosition.NOTHING;
  SimPosition visible = SimPosition.NOTHING;
  SimPosition confirmed = SimPosition.NOTHING;
  final List<Commit> commits = new ArrayList<>();
  NodeId source;
  boolean receiving;
  boolean applying;
  boolean connected;
  boolean diverged;
  boolean diskFull;
  boolean mute;

  /** Connected by all appearances, but nothing comes through. */
  boolean stalled;

  boolean stuck;
  boolean unsound;

  SimNode(NodeId id) {
    this.id = id;
  }

  void restarted() {
    incarnation++;
    name = id + "-" + incarnation;
  }

  boolean running() {
    return process == Process.RUNNING;
  }

  boolean serverThere() {
    return process == Process.RUNNING || process == Process.FROZEN;
  }

  boolean isPrimary() {
    return role == ServerRole.PRIMARY;
  }

  NodeState.Up state(boolean replicaAttached, int heartbeatsWaiting) {
    Optional<Replication> replication =
        isPrimary()
            ? Optional.empty()
            : Optional.of(
                new Replication(
                    Optional.ofNullable(source),
                    !receiving
                        ? Receiver.STOPPED
                        : connected ? Receiver.CONNECTED : Receiver.CONNECTING,
                    applying,
                    received,
                    log,
                    diverged ? Optional.of("it has more than its primary") : Optional.empty()));
    return new NodeState.Up(
        name,
        role,
        writable,
        isPrimary() && zeroLoss,
        replicaAttached,
        commits.size() + heartbeatsWaiting,
        log,
        replication,
        unsound ? List.of("sync_binlog=0, want 1") : List.of());
  }

  void becomePrimary() {
    role = ServerRole.PRIMARY;
    source = null;
    receiving = false;
    applying = false;
    connected = false;
    diverged = false;
    received = log;
    visible = log;
    confirmed = SimPosition.NOTHING;
  }

  void becomeReplica(NodeId of) {
    role = ServerRole.REPLICA;
    writable = false;
    zeroLoss = false;
    source = of;
    receiving = false;
    applying = false;
    connected = false;
    diverged = false;
    received = log;
    commits.clear();
  }
}
