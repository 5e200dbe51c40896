package dev.relevo.failover;

import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.NodeState.Up;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * One tick of the watch loop in its steps: {@link #probe} (effects, changes nothing), {@link
 * #decide} (none), {@link #execute} (at most one effect). Nothing is carried from tick to tick but
 * the record and the {@link Memory}; a watchdog that is killed anywhere starts from the next probe.
 */
final class Watch {
  private static final String NEVER =
      "There is no record: this pair has never been started, or the watchdog's volume is new";

  private static final String OVERTAKEN =
      "A node or an operator has said something since it was decided";

  private static final Duration GLANCE = Duration.ofMillis(20);

  private final Engine engine;
  private final Router router;
  private final RecordKeeper keeper;
  private final Memory memory;
  private final Heartbeat heartbeat;
  private final FailoverTimes times;
  private final FailoverDecision decision;
  private final Time time;
  private final Probes probes;
  private final Duration probePatience;
  private final boolean dryRun;
  private long events;
  private long acts;

  Watch(
      Engine engine,
      Router router,
      RecordKeeper keeper,
      Memory memory,
      Heartbeat heartbeat,
      FailoverTimes times,
      FailoverDecision decision,
      Time time,
      Executor threads,
      Duration probePatience,
      boolean dryRun) {
    this.engine = engine;
    this.router = router;
    this.keeper = keeper;
    this.memory = memory;
    this.heartbeat = heartbeat;
    this.times = times;
    this.decision = decision;
    this.time = time;
    this.probes = new Probes(engine, threads);
    this.probePatience = probePatience;
    this.dryRun = dryRun;
  }

  /** Reads the world: the record, both nodes at once, and the router. */
  Tick probe() {
    Version version;
    try {
      version = keeper.current();
    } catch (RecordException e) {
      return new Tick(Optional.empty(), e.getMessage(), Optional.empty());
    }
    if (version.record().isEmpty()) {
      return new Tick(Optional.of(version), NEVER, Optional.empty());
    }
    PairRecord record = version.record().get();
    Map<NodeId, NodeState> states = probes.look(version.number() + acts, patience());
    return new Tick(
        Optional.of(version), "", Optional.of(snapshot(record, states, router.state())));
  }

  /** One that has long been silent is hardly waited for: the other one's clients are waiting. */
  private Map<NodeId, Duration> patience() {
    Map<NodeId, Duration> patience = new EnumMap<>(NodeId.class);
    for (NodeId node : NodeId.values()) {
      boolean silent = memory.failedProbes(node) >= times.deadProbes();
      patience.put(node, silent && GLANCE.compareTo(probePatience) < 0 ? GLANCE : probePatience);
    }
    return patience;
  }

  private Snapshot snapshot(PairRecord record, Map<NodeId, NodeState> states, Router.State routed) {
    Map<NodeId, NodeView> views = memory.see(states, record.primary());
    Duration stalled = heartbeat.beat(writeable(record, states.get(record.primary())));
    return new Snapshot(
        engine.traits(),
        times,
        views,
        routed,
        stalled,
        memory.join(),
        memory.sinceRelaxed(),
        memory.request(),
        memory.leaving(),
        sincePromotion(record),
        memory.up(),
        time.millis());
  }

  /** Long ago, too, if it is still to come: the clock has been set back since. */
  private Duration sincePromotion(PairRecord record) {
    Duration since = Duration.ofMillis(time.millis() - record.promotedAtMillis());
    return since.isNegative() ? Memory.LONG_AGO : since;
  }

  /** The primary, if it may serve and takes writes; nobody else is ever written on. */
  private static Optional<NodeId> writeable(PairRecord record, NodeState primary) {
    return primary instanceof Up up
            && up.role() == ServerRole.PRIMARY
            && up.writable()
            && Optional.of(up.incarnation()).equals(record.primaryIncarnation())
        ? Optional.of(record.primary())
        : Optional.empty();
  }

  /** What to do about what was found. */
  Decision decide(Tick tick) {
    if (tick.snapshot().isEmpty()) {
      return new Decision(
          "no-record",
          PairState.LOST,
          Diagnosis.HEALTHY,
          Action.HOLD_NO_RECORD,
          NodeId.A,
          tick.recordProblem(),
          Optional.empty());
    }
    return decision.decide(tick.snapshot().get(), tick.record());
  }

  /** Does it, unless the record has changed since it was decided. */
  Event execute(Tick tick, Decision decided) {
    Optional<String> failure = Optional.empty();
    if (!dryRun) {
      try {
        failure = effect(tick, decided);
      } catch (ActFailedException | RecordException e) {
        failure = Optional.of(String.valueOf(e.getMessage()));
      }
    }
    events++;
    return new Event(
        events,
        Instant.ofEpochMilli(time.millis()),
        tick.snapshot().isPresent() ? tick.record().epoch() : 0,
        decided,
        failure,
        dryRun);
  }

  private Optional<String> effect(Tick tick, Decision decided) {
    if (!decided.action().isRecord() && !decided.action().isAct()) {
      return Optional.empty();
    }
    Version version = tick.version().orElseThrow();
    acts++;
    boolean inForce =
        decided.action().isRecord()
            ? keeper.replace(version, decided.next().orElseThrow())
            : keeper.act(
                version, () -> act(decided.action(), decided.target(), tick.record().primary()));
    if (inForce && decided.action() == Action.RECORD_PROMOTION) {
      memory.forgetRequest();
    }
    if (inForce && decided.action() == Action.RECORD_NOT_IN_SYNC) {
      // What the replica has confirmed since it joined says nothing about what it is to confirm
      // now.
      memory.endJoin();
    }
    return inForce ? Optional.empty() : Optional.of(OVERTAKEN);
  }

  private void act(Action action, NodeId target, NodeId primary) {
    switch (action) {
      case FENCE -> router.fence(target);
      case ROUTE -> router.route(target);
      case CLOSE_WRITES -> engine.closeWrites(target);
      case OPEN_WRITES -> engine.openWrites(target);
      case REQUIRE -> engine.requireReplica(target);
      case RELAX -> {
        memory.relaxed();
        engine.relax(target);
      }
      case STOP_RECEIVER -> engine.stopReceiver(target);
      case START_APPLIER -> engine.startApplier(target);
      case PROMOTE -> engine.promote(target);
      case ATTACH -> {
        memory.endJoin();
        engine.attach(target, primary);
      }
      case DEMOTE -> engine.demote(target, primary);
      case REPROVISION -> engine.reprovision(target, primary);
      case RESTORE_SETTINGS -> engine.restoreSettings(target);
      default -> throw new IllegalArgumentException(action + " is no act");
    }
  }
}
