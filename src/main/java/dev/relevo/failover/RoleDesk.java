package dev.relevo.failover;

import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.RoleAnswer.Data;
import dev.relevo.failover.RoleAnswer.Provision;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a node what it is before it starts its server. It answers from the record alone, so that a
 * cold start never waits for a node that waits for it.
 *
 * <p>A question voids whatever the watch loop has decided but not done: what it knows about that
 * node is no longer true.
 */
final class RoleDesk {
  /** Both nodes have to say that they are empty within this time of each other. */
  private static final Duration TOGETHER = Duration.ofSeconds(60);

  private final RecordKeeper keeper;
  private final Router router;
  private final Time time;
  private final Map<NodeId, Long> empty = new EnumMap<>(NodeId.class);

  RoleDesk(RecordKeeper keeper, Router router, Time time) {
    this.keeper = keeper;
    this.router = router;
    this.time = time;
  }

  /**
   * @throws NoRoleException if there is no answer now
   * @throws RecordException if the record can't be read or written
   */
  RoleAnswer answer(NodeId node, Data data) {
    if (data == Data.RUNNING) {
      PairRecord record = keeper.current().record().orElseThrow(() -> noRecord(node));
      return role(record, node, provision(record, node));
    }
    return keeper.interrupt(() -> starting(node, data));
  }

  private RoleAnswer starting(NodeId node, Data data) {
    PairRecord record = keeper.current().record().orElseGet(() -> first(node, data));
    if (node == record.primary()) {
      return asPrimary(record, node, data);
    }
    if (record.primaryIncarnation().isEmpty()) {
      throw new NoRoleException("Node " + record.primary() + " has not been opened yet");
    }
    PairRecord known = heed(record, node, data);
    Provision provision = data == Data.NONE ? Provision.CLONE : provision(known, node);
    return role(known, node, provision);
  }

  /** What a peer says about its data goes on record before it is answered. */
  private PairRecord heed(PairRecord record, NodeId node, Data data) {
    PairRecord next = record;
    if (data != Data.PRESENT && record.peerInSync()) {
      next = next.notInSync();
    }
    if (data == Data.CLONED && record.reprovision().contains(node)) {
      next = next.provisioned();
    }
    if (!next.equals(record)) {
      keeper.replace(keeper.current(), next);
    }
    return next;
  }

  private RoleAnswer asPrimary(PairRecord record, NodeId node, Data data) {
    boolean virgin = record.primaryIncarnation().isEmpty();
    if (data == Data.NONE && !virgin) {
      throw new NoRoleException(
          "Node %s is the primary on record, and says that it has no data".formatted(node));
    }
    if (!virgin) {
      keepClientsAway(node);
    }
    return role(record, node, data == Data.NONE ? Provision.INITIALISE : Provision.NONE);
  }

  /** What a restarted primary shows may never have been acknowledged: see fence-returned. */
  private void keepClientsAway(NodeId node) {
    if (router.state() instanceof Router.State.Silent silent && silent.gone()) {
      return;
    }
    try {
      router.fence(node);
    } catch (ActFailedException e) {
      throw new NoRoleException(
          "Clients could not be kept from node %s: %s".formatted(node, e.getMessage()));
    }
  }

  private PairRecord first(NodeId node, Data data) {
    long now = time.nanos();
    if (data != Data.NONE) {
      throw noRecord(node);
    }
    empty.put(node, now);
    Long peers = empty.get(node.peer());
    if (peers == null || now - peers > TOGETHER.toNanos()) {
      throw new NoRoleException("Node " + node.peer() + " has not said yet that it is empty too");
    }
    PairRecord first = PairRecord.first(NodeId.A, time.millis());
    keeper.replace(keeper.current(), first);
    return first;
  }

  private static NoRoleException noRecord(NodeId node) {
    return new NoRoleException(
        "There is no record of this pair, and node "
            + node
            + " has data: an operator has to say which node is right (POST /force)");
  }

  private static Provision provision(PairRecord record, NodeId node) {
    return record.reprovision().contains(node) ? Provision.CLONE : Provision.NONE;
  }

  private static RoleAnswer role(PairRecord record, NodeId node, Provision provision) {
    ServerRole role = node == record.primary() ? ServerRole.PRIMARY : ServerRole.REPLICA;
    return new RoleAnswer(role, provision, record.primary(), record.epoch());
  }

  /** A record for a pair of which nobody knows any more: an operator's word. */
  PairRecord begin(NodeId primary) {
    return keeper.interrupt(
        () -> {
          Optional<PairRecord> record = keeper.current().record();
          if (record.isPresent()) {
            throw new IllegalStateException("There is a record");
          }
          PairRecord first = PairRecord.first(primary, time.millis());
          keeper.replace(keeper.current(), first);
          return first;
        });
  }
}
