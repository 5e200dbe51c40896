package dev.relevo.failover;

import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.NodeState.Up;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a watchdog has seen since its start, and what it was asked; lost when it stops, so nothing
 * that keeps data safe may depend on it.
 */
final class Memory {
  static final Duration LONG_AGO = Duration.ofDays(1);

  private final FailoverTimes times;
  private final Time time;
  private final long started;
  private final Map<NodeId, Seen> nodes = new EnumMap<>(NodeId.class);
  private final Map<NodeId, Leaving> leaving = new EnumMap<>(NodeId.class);
  private Join join;
  private long joinSince;
  private Long relaxed;
  private Request request;
  private long requested;

  Memory(FailoverTimes times, Time time) {
    this.times = times;
    this.time = time;
    this.started = time.nanos();
    for (NodeId node : NodeId.values()) {
      nodes.put(node, new Seen(started));
    }
  }

  /** A node's own history. */
  private static final class Seen {
    private long answered;
    private int failedProbes;
    private boolean ever;
    private String incarnation;
    private long incarnationSince;
    private Position received;
    private long receivedSince;

    Seen(long now) {
      answered = now;
      receivedSince = now;
    }

    void take(NodeState state, long now) {
      if (!(state instanceof Up up)) {
        failedProbes++;
        return;
      }
      answered = now;
      failedProbes = 0;
      ever = true;
      if (!up.incarnation().equals(incarnation)) {
        incarnation = up.incarnation();
        incarnationSince = now;
      }
      Position next = up.replication().map(NodeState.Replication::received).orElse(null);
      if (next == null || !next.equals(received)) {
        received = next;
        receivedSince = now;
      }
    }
  }

  /** A node that said it would stop. */
  private record Leaving(String incarnation, long since) {}

  /** Takes in what the probes brought and says what it means over time. */
  synchronized Map<NodeId, NodeView> see(Map<NodeId, NodeState> states, NodeId primary) {
    long now = time.nanos();
    Map<NodeId, NodeView> views = new EnumMap<>(NodeId.class);
    states.forEach(
        (node, state) -> {
          Seen seen = nodes.get(node);
          seen.take(state, now);
          views.put(node, view(state, seen, now));
        });
    leaving
        .entrySet()
        .removeIf(entry -> hasLeft(entry.getValue(), states.get(entry.getKey()), now));
    followJoin(states.get(primary), states.get(primary.peer()), now);
    return views;
  }

  /** How many probes in a row the node hasn't answered. */
  synchronized int failedProbes(NodeId node) {
    return nodes.get(node).failedProbes;
  }

  private static NodeView view(NodeState state, Seen seen, long now) {
    boolean up = state instanceof Up;
    return new NodeView(
        state,
        up ? Duration.ZERO : Duration.ofNanos(now - seen.answered),
        seen.failedProbes,
        seen.ever,
        up ? Duration.ofNanos(now - seen.incarnationSince) : Duration.ZERO,
        Duration.ofNanos(now - seen.receivedSince));
  }

  private boolean hasLeft(Leaving entry, NodeState state, long now) {
    return now - entry.since() >= times.leavingWithin().toNanos()
        || state instanceof Up up && !up.incarnation().equals(entry.incarnation());
  }

  private void followJoin(NodeState primary, NodeState replica, long now) {
    if (!(primary instanceof Up p && p.zeroLossOn() && p.role() == ServerRole.PRIMARY)
        || !(replica instanceof Up r && r.role() == ServerRole.REPLICA)) {
      if (primary instanceof Up) {
        join = null;
      }
      return;
    }
    if (join == null
        || !join.primaryIncarnation().equals(p.incarnation())
        || !join.replicaIncarnation().equals(r.incarnation())) {
      join = new Join(p.end(), p.incarnation(), r.incarnation(), Duration.ZERO);
      joinSince = now;
    }
  }

  synchronized Optional<Join> join() {
    return Optional.ofNullable(join)
        .map(
            j ->
                new Join(
                    j.mark(),
                    j.primaryIncarnation(),
                    j.replicaIncarnation(),
                    Duration.ofNanos(time.nanos() - joinSince)));
  }

  /** The primary was told to go on without its replica, or the replica's threads were touched. */
  synchronized void endJoin() {
    join = null;
  }

  synchronized void relaxed() {
    relaxed = time.nanos();
    join = null;
  }

  synchronized Duration sinceRelaxed() {
    return relaxed == null ? LONG_AGO : Duration.ofNanos(time.nanos() - relaxed);
  }

  Duration up() {
    return Duration.ofNanos(time.nanos() - started);
  }

  synchronized void ask(Request.Kind kind, NodeId target) {
    request = new Request(kind, target, Duration.ZERO);
    requested = time.nanos();
  }

  synchronized Optional<Request> request() {
    return Optional.ofNullable(request)
        .map(r -> new Request(r.kind(), r.target(), Duration.ofNanos(time.nanos() - requested)));
  }

  synchronized void forgetRequest() {
    request = null;
  }

  synchronized void leaves(NodeId node) {
    leaving.put(node, new Leaving(nodes.get(node).incarnation, time.nanos()));
  }

  synchronized Set<NodeId> leaving() {
    Set<NodeId> set = EnumSet.noneOf(NodeId.class);
    set.addAll(leaving.keySet());
    return set;
  }
}
