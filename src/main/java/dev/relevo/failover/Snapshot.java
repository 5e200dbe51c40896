package dev.relevo.failover;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The world as one tick has found it; time comes in as durations.
 *
 * @param traits what is true of the engine
 * @param times how long to wait before something is believed
 * @param nodes both nodes
 * @param router the router
 * @param heartbeatStalled how long the heartbeat write on the primary has been out, or, if it has
 *     come back with an error, how long none has been committed; zero while they come back
 * @param join the attempt to make the replica required that is under way
 * @param sinceRelaxed how long ago the primary was last told to go on without a replica
 * @param request what an operator has asked for
 * @param leaving the nodes that said they are about to stop
 * @param sincePromotion how long ago a primary was named
 * @param watchdogUp how long the watchdog has been running
 * @param nowMillis the time of day, in milliseconds since 1970; only ever written down
 */
public record Snapshot(
    EngineTraits traits,
    FailoverTimes times,
    Map<NodeId, NodeView> nodes,
    Router.State router,
    Duration heartbeatStalled,
    Optional<Join> join,
    Duration sinceRelaxed,
    Optional<Request> request,
    Set<NodeId> leaving,
    Duration sincePromotion,
    Duration watchdogUp,
    long nowMillis) {
  public Snapshot {
    nodes = Map.copyOf(nodes);
    leaving = Set.copyOf(leaving);
  }
}
