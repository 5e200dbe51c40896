package dev.relevo.failover;

import dev.relevo.failover.NodeState.ServerRole;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The simulated servers and router, as a watchdog reaches them; every act may fail or be its last.
 */
final class SimEngine implements Engine, Router, RecordStore, Heartbeat {
  /** The watchdog's process is killed. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  final SimWorld world;
  double killed;
  double failing;
  PairRecord disk;
  private NodeId beating;
  private int stalledSince;
  private int heartbeatsWaiting;

  SimEngine(SimWorld world) {
    this.world = world;
  }

  /** A new watchdog's heartbeat has no history. */
  void restart() {
    beating = null;
    heartbeatsWaiting = 0;
  }

  private void effect(Runnable act) {
    if (world.chance(killed)) {
      throw new Killed();
    }
    boolean fails = world.chance(failing);
    if (fails && world.chance(0.5)) {
      throw new ActFailedException("refused", null);
    }
    act.run();
    if (fails) {
      throw new ActFailedException("no answer", null);
    }
    if (world.chance(killed)) {
      throw new Killed();
    }
  }

  private void on(NodeId id, java.util.function.Consumer<SimNode> act) {
    SimNode node = world.node(id);
    if (!answers(node)) {
      throw new ActFailedException("unreachable", null);
    }
    effect(() -> act.accept(node));
  }

  private boolean answers(SimNode node) {
    return node.running() && world.watchdogLinked[node.id.ordinal()];
  }

  @Override
  public EngineTraits traits() {
    return world.kind.traits();
  }

  @Override
  public NodeState probe(NodeId id) {
    SimNode node = world.node(id);
    return answers(node)
        ? node.state(world.attached(node), id == beating ? heartbeatsWaiting : 0)
        : new NodeState.Silent("no answer");
  }

  @Override
  public Duration beat(Optional<NodeId> primary) {
    heartbeatsWaiting = 0;
    if (primary.isEmpty() || primary.get() != beating) {
      beating = primary.orElse(null);
      stalledSince = world.now;
      return Duration.ZERO;
    }
    SimNode node = world.node(beating);
    boolean comesThrough = !node.diskFull && (!node.zeroLoss || world.confirms(node));
    if (comesThrough) {
      stalledSince = world.now;
    } else if (!node.diskFull) {
      heartbeatsWaiting = 1;
    }
    return Duration.ofMillis((world.now - stalledSince) * 100L);
  }

  @Override
  public void heartbeat(NodeId primary) {
    SimNode node = world.node(primary);
    if (!answers(node) || node.diskFull || node.zeroLoss && !world.confirms(node)) {
      throw new ActFailedException("not committed", null);
    }
  }

  @Override
  public void openWrites(NodeId primary) {
    on(primary, node -> node.writable = true);
  }

  @Override
  public void closeWrites(NodeId primary) {
    on(primary, node -> node.writable = false);
  }

  @Override
  public void requireReplica(NodeId primary) {
    on(primary, node -> node.zeroLoss = true);
  }

  @Override
  public void relax(NodeId primary) {
    on(primary, node -> node.zeroLoss = false);
  }

  @Override
  public void stopReceiver(NodeId replica) {
    on(
        replica,
        node -> {
          node.receiving = false;
          node.connected = false;
        });
  }

  @Override
  public void startApplier(NodeId replica) {
    on(
        replica,
        node -> {
          if (!world.kind.relayLogSurvives()) {
            throw new IllegalStateException("never called where the relay log doesn't survive");
          }
          node.applying = true;
        });
  }

  @Override
  public void promote(NodeId replica) {
    on(
        replica,
        node -> {
          if (!node.isPrimary()) {
            if (world.kind.promotesUndrained()) {
              node.log = node.received;
            }
            node.zeroLoss = false;
            node.writable = false;
            node.becomePrimary();
          }
        });
  }

  @Override
  public void attach(NodeId replica, NodeId primary) {
    on(
        replica,
        node -> {
          if (node.isPrimary()) {
            throw new ActFailedException("a primary isn't attached", null);
          }
          if (node.receiving && node.applying && node.source == primary) {
            return;
          }
          if (!world.kind.relayLogSurvives() || node.source != primary) {
            node.received = node.log;
          }
          node.source = primary;
          node.receiving = true;
          node.applying = true;
        });
  }

  @Override
  public void demote(NodeId id, NodeId primary) {
    on(
        id,
        node -> {
          if (world.kind.demotesInPlace()) {
            node.becomeReplica(primary);
          } else {
            world.crash(node);
          }
        });
  }

  @Override
  public void reprovision(NodeId id, NodeId primary) {
    on(id, world::crash);
  }

  @Override
  public void restoreSettings(NodeId id) {
    on(id, node -> node.unsound = false);
  }

  @Override
  public Router.State state() {
    if (!world.routerUp) {
      return new Router.State.Silent("refused", true);
    }
    if (world.routerFrozen) {
      return new Router.State.Silent("no answer", false);
    }
    Map<NodeId, Server> servers = new EnumMap<>(NodeId.class);
    for (NodeId id : NodeId.values()) {
      servers.put(id, new Server(world.ready[id.ordinal()], world.sessions(world.node(id))));
    }
    return new Router.State.Up(servers);
  }

  private void requireRouter() {
    if (!world.routerUp || world.routerFrozen) {
      throw new ActFailedException("the router doesn't answer", null);
    }
  }

  @Override
  public void route(NodeId id) {
    requireRouter();
    effect(() -> world.ready[id.ordinal()] = true);
  }

  @Override
  public void fence(NodeId id) {
    requireRouter();
    effect(
        () -> {
          world.ready[id.ordinal()] = false;
          if (world.chance(0.8)) {
            world.killSessions(world.node(id));
          }
        });
  }

  @Override
  public Optional<PairRecord> load() {
    return Optional.ofNullable(disk);
  }

  @Override
  public void write(PairRecord record) {
    if (world.chance(killed)) {
      throw new Killed();
    }
    if (world.chance(failing)) {
      if (world.chance(0.5)) {
        disk = record;
      }
      throw new RecordException("disk", null);
    }
    disk = record;
    if (world.chance(killed)) {
      throw new Killed();
    }
  }

  @Override
  public void close() {
    // nothing is open
  }

  /** Whether the pair is what it should be: whole, both nodes the same, open to clients. */
  boolean whole() {
    if (disk == null || !disk.peerInSync()) {
      return false;
    }
    SimNode primary = world.node(disk.primary());
    SimNode replica = world.node(disk.primary().peer());
    return primary.running()
        && replica.running()
        && primary.role == ServerRole.PRIMARY
        && replica.role == ServerRole.REPLICA
        && primary.writable
        && primary.zeroLoss
        && !replica.writable
        && world.ready[primary.id.ordinal()]
        && !world.ready[replica.id.ordinal()]
        && primary.log.equals(replica.log);
  }
}
