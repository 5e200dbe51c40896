package dev.relevo.failover;

import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.RoleAnswer.Data;
import dev.relevo.failover.SimNode.Commit;
import dev.relevo.failover.SimNode.Process;
import java.util.Iterator;
import java.util.SplittableRandom;

/**
 * Two simulated servers, their router, their network and their clients. A step is a tenth of a
 * second. It throws {@link Violation} at the moment at which a client could notice that an
 * acknowledged or seen write is gone, or that two nodes take its writes.
 */
final class SimWorld {
  /** The promise is broken. */
  static final class Violation extends RuntimeException {
    Violation(String message) {
      super(message);
    }
  }

  /** Answers a node's question; throws NoRoleException. Null while no watchdog runs. */
  interface Desk {
    RoleAnswer answer(NodeId node, Data data);
  }

  final SplittableRandom random;
  final SimKind kind;
  final SimNode a = new SimNode(NodeId.A);
  final SimNode b = new SimNode(NodeId.B);
  int now;
  int transactions;
  int acknowledgedCount;
  SimPosition acknowledged = SimPosition.NOTHING;
  SimPosition seen = SimPosition.NOTHING;

  // the router
  boolean routerUp = true;
  boolean routerFrozen;
  int routerBackAt;
  final boolean[] ready = new boolean[2];
  final int[] idleSessions = new int[2];

  // the network
  boolean nodesLinked = true;
  int cutAt;
  final boolean[] watchdogLinked = {true, true};
  Desk desk;

  SimWorld(SplittableRandom random, SimKind kind) {
    this.random = random;
    this.kind = kind;
  }

  SimNode node(NodeId id) {
    return id == NodeId.A ? a : b;
  }

  /** Both run and have run for long, and b has whatever a has; returns the record of that. */
  PairRecord beginWhole() {
    for (SimNode node : new SimNode[] {a, b}) {
      node.process = Process.RUNNING;
      node.data = Data.PRESENT;
      node.restarted();
    }
    a.becomePrimary();
    a.writable = true;
    a.zeroLoss = true;
    b.becomeReplica(NodeId.A);
    b.receiving = true;
    b.applying = true;
    b.connected = true;
    ready[0] = true;
    return PairRecord.first(NodeId.A, -1_000_000).opened("a-1").inSync("b-1");
  }

  boolean chance(double p) {
    return random.nextDouble() < p;
  }

  void step() {
    now++;
    if (!routerUp && now >= routerBackAt) {
      routerUp = true;
      routerFrozen = false;
    }
    live(a);
    live(b);
    replicate(a, b);
    replicate(b, a);
    commit(a);
    commit(b);
    clients();
  }

  // -- a node's life -----------------------------------------------------------------------------

  void crash(SimNode node) {
    node.process = Process.DOWN;
    node.wakeAt = now + 1 + random.nextInt(15);
    node.commits.clear();
    idleSessions[node.id.ordinal()] = 0;
    node.connected = false;
    if (!kind.relayLogSurvives()) {
      node.received = node.log;
    }
  }

  private void live(SimNode node) {
    if (node.serverThere() || now < node.wakeAt) {
      return;
    }
    switch (node.process) {
      case DOWN -> node.process = Process.ASKING;
      case ASKING -> ask(node);
      case COPYING -> copy(node);
      case STARTING -> start(node);
      default -> throw new IllegalStateException(node.process.name());
    }
  }

  private void ask(SimNode node) {
    if (desk == null || !watchdogLinked[node.id.ordinal()] || chance(0.3)) {
      return;
    }
    try {
      node.told = desk.answer(node.id, node.data);
    } catch (NoRoleException e) {
      return;
    }
    switch (node.told.provision()) {
      case NONE -> node.process = Process.STARTING;
      case INITIALISE -> {
        node.data = Data.PRESENT;
        node.process = Process.STARTING;
      }
      case CLONE -> {
        wipe(node);
        node.process = Process.COPYING;
      }
    }
    node.wakeAt = now + 1 + random.nextInt(6);
  }

  void wipe(SimNode node) {
    node.data = Data.NONE;
    node.log = SimPosition.NOTHING;
    node.received = SimPosition.NOTHING;
    node.role = ServerRole.REPLICA;
    node.source = null;
    node.zeroLoss = false;
  }

  private void copy(SimNode node) {
    SimNode primary = node(node.told.primary());
    if (!nodesLinked || !primary.running() || !primary.isPrimary()) {
      node.process = Process.ASKING;
      return;
    }
    node.data = Data.CLONED;
    node.log = primary.log;
    node.received = primary.log;
    node.process = Process.ASKING;
  }

  private void start(SimNode node) {
    boolean primary = node.told.role() == ServerRole.PRIMARY;
    boolean wasPrimary = node.isPrimary();
    if (!primary && kind.rewinds() && (wasPrimary || node.diverged)) {
      SimNode named = node(node.told.primary());
      if (!nodesLinked || !named.running() || !named.isPrimary()) {
        node.process = Process.ASKING;
        return;
      }
      node.log = node.log.and(named.log);
    }
    node.data = Data.PRESENT;
    node.restarted();
    node.process = Process.RUNNING;
    if (primary) {
      boolean persisted = node.zeroLoss;
      if (wasPrimary || node.source == null) {
        node.becomePrimary();
        node.writable = kind.opensItself();
        node.zeroLoss = kind.opensItself() && persisted;
      } else {
        node.receiving = false;
        node.applying = kind.startsReplication();
      }
      return;
    }
    if (wasPrimary) {
      while (kind.cutsTail() && !node.log.minus(node.confirmed).isEmpty() && chance(0.5)) {
        node.log = node.log.withoutLast();
      }
      node.becomeReplica(kind.startsReplication() ? node.told.primary() : null);
    }
    node.writable = false;
    node.diverged = false;
    if (kind.startsReplication()) {
      node.source = node.told.primary();
    }
    node.receiving = kind.startsReplication();
    node.applying = kind.startsReplication();
  }

  // -- replication -------------------------------------------------------------------------------

  void cut() {
    if (nodesLinked) {
      nodesLinked = false;
      cutAt = now;
    }
  }

  /** Whether a connection between the servers still looks alive to both. */
  private boolean looksLinked() {
    return nodesLinked || now - cutAt < 8;
  }

  boolean attached(SimNode primary) {
    SimNode replica = node(primary.id.peer());
    return primary.isPrimary()
        && replica.serverThere()
        && replica.connected
        && replica.source == primary.id;
  }

  /** Whether a commit on the primary would be confirmed soon. */
  boolean confirms(SimNode primary) {
    SimNode replica = node(primary.id.peer());
    return attached(primary)
        && nodesLinked
        && replica.running()
        && !replica.mute
        && !replica.stalled
        && !replica.diverged;
  }

  private void replicate(SimNode replica, SimNode primary) {
    if (replica.connected
        && (!looksLinked()
            || !primary.serverThere()
            || !primary.isPrimary()
            || !replica.receiving)) {
      replica.connected = false;
    }
    if (!replica.running() || replica.isPrimary()) {
      return;
    }
    if (replica.applying && !replica.stuck && chance(kind.applies())) {
      SimPosition backlog = replica.received.minus(replica.log);
      if (!backlog.isEmpty()) {
        replica.log = replica.log.or(chance(0.5) ? backlog : backlog.first());
      }
    }
    if (!replica.receiving || replica.source != primary.id || !nodesLinked || !primary.running()) {
      return;
    }
    if (!replica.connected) {
      replica.connected = primary.isPrimary() && chance(0.6);
      if (!replica.connected) {
        return;
      }
    }
    replica.diverged = !primary.log.covers(replica.received);
    if (replica.diverged || replica.stalled) {
      return;
    }
    SimPosition missing = primary.log.minus(replica.received);
    if (!missing.isEmpty() && chance(0.8)) {
      replica.received = replica.received.or(chance(0.6) ? missing : missing.first());
    }
    if (!replica.mute && chance(0.9)) {
      primary.confirmed = primary.confirmed.or(replica.received);
    }
  }

  private void commit(SimNode node) {
    if (!node.running() || !node.isPrimary()) {
      return;
    }
    for (Iterator<Commit> i = node.commits.iterator(); i.hasNext(); ) {
      Commit commit = i.next();
      if (!node.zeroLoss || node.confirmed.has(commit.transaction)) {
        node.visible = node.visible.with(commit.transaction);
        if (commit.clientThere) {
          acknowledged = acknowledged.with(commit.transaction);
          acknowledgedCount++;
        }
        i.remove();
      }
    }
  }

  // -- clients and their router
  // --------------------------------------------------------------------

  private void clients() {
    if (!routerUp || routerFrozen) {
      return;
    }
    boolean aTakes = takesWrites(a);
    boolean bTakes = takesWrites(b);
    if (aTakes && bTakes) {
      throw new Violation("both nodes are routed and writable");
    }
    use(a);
    use(b);
  }

  private boolean takesWrites(SimNode node) {
    return ready[node.id.ordinal()] && node.running() && node.writable;
  }

  private void use(SimNode node) {
    if (!ready[node.id.ordinal()] || !node.running()) {
      return;
    }
    if (chance(0.3)) {
      idleSessions[node.id.ordinal()] = 1;
      SimPosition shown = node.isPrimary() ? node.visible : node.log;
      check(node, shown, "a reader is shown less than before");
      seen = seen.or(shown);
    }
    if (node.writable && !node.diskFull && transactions < SimPosition.LIMIT && chance(0.4)) {
      check(node, node.log, "a writer meets a history without an acknowledged write");
      node.log = node.log.with(transactions);
      node.commits.add(new Commit(transactions));
      transactions++;
    }
  }

  void check(SimNode node, SimPosition held, String what) {
    SimPosition lost = acknowledged.or(seen).minus(held);
    if (!lost.isEmpty()) {
      throw new Violation(what + " on " + node.id + ": " + lost);
    }
  }

  int sessions(SimNode node) {
    int sessions = idleSessions[node.id.ordinal()];
    for (Commit commit : node.commits) {
      sessions += commit.clientThere ? 1 : 0;
    }
    return sessions;
  }

  void killSessions(SimNode node) {
    node.commits.forEach(commit -> commit.clientThere = false);
    idleSessions[node.id.ordinal()] = 0;
  }

  void crashRouter() {
    routerUp = false;
    routerBackAt = now + 1 + random.nextInt(12);
    ready[0] = false;
    ready[1] = false;
    killSessions(a);
    killSessions(b);
  }
}
