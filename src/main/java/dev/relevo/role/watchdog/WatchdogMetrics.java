package dev.relevo.role.watchdog;

import dev.relevo.failover.Failover;
import dev.relevo.failover.FailoverListener;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.NodeState;
import dev.relevo.failover.NodeView;
import dev.relevo.failover.PairRecord;
import dev.relevo.failover.Position;
import dev.relevo.failover.Router;
import dev.relevo.failover.Snapshot;
import dev.relevo.failover.Step;
import dev.relevo.failover.Watchdog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What there is to measure about a pair; names begin with {@code relevo.watchdog}. */
final class WatchdogMetrics implements FailoverListener {
  private static final String PREFIX = "relevo.watchdog.";

  private static final List<String> PHASES =
      List.of("detect", "fence", "drain", "promote", "route");

  private final MeterRegistry registry;
  private final Tags engine;

  WatchdogMetrics(MeterRegistry registry, String engine) {
    this.registry = registry;
    this.engine = Tags.of("engine", engine);
    registry.counter(PREFIX + "failovers", this.engine);
    PHASES.forEach(this::phase);
  }

  /** Adds the gauges that read a watchdog. */
  void watch(Watchdog watchdog) {
    gauge(
        watchdog, "epoch", "How often a primary was named", w -> of(w.record(), PairRecord::epoch));
    gauge(
        watchdog,
        "peer.in.sync",
        "1 while every acknowledged write is on both nodes",
        w -> of(w.record(), r -> r.peerInSync() ? 1 : 0));
    gauge(watchdog, "paused", "1 while paused", w -> of(w.record(), r -> r.paused() ? 1 : 0));
    gauge(
        watchdog,
        "zero.loss.share",
        "The share of the time since the start for which zero loss was in force",
        Watchdog::zeroLossShare);
    gauge(
        watchdog,
        "hold",
        "1 while something would be done and is refused",
        w -> of(w.latest(), step -> step.decision().action().isHold() ? 1 : 0));
    gauge(
        watchdog,
        "lag",
        "How much of the primary's log the replica has not received, in transactions or bytes",
        w -> of(w.latest().flatMap(WatchdogMetrics::lag), Long::doubleValue));
    for (NodeId node : NodeId.values()) {
      Tags tags = engine.and("node", node.id());
      Gauge.builder(
              PREFIX + "primary", watchdog, w -> of(w.record(), r -> r.primary() == node ? 1 : 0))
          .description("1 for the node that is named primary")
          .tags(tags)
          .register(registry);
      Gauge.builder(PREFIX + "up", watchdog, w -> of(w.latest(), step -> up(step, node) ? 1 : 0))
          .description("1 while the node answers")
          .tags(tags)
          .register(registry);
      Gauge.builder(
              PREFIX + "routed", watchdog, w -> of(w.latest(), step -> routed(step, node) ? 1 : 0))
          .description("1 while clients are let to the node")
          .tags(tags)
          .register(registry);
    }
  }

  private void gauge(
      Watchdog watchdog, String name, String description, ToDoubleFunction<Watchdog> value) {
    Gauge.builder(PREFIX + name, watchdog, value)
        .description(description)
        .tags(engine)
        .register(registry);
  }

  private static <T> double of(Optional<T> value, ToDoubleFunction<T> number) {
    return value.map(number::applyAsDouble).orElse(Double.NaN);
  }

  private static boolean up(Step step, NodeId node) {
    return step.tick()
        .snapshot()
        .filter(s -> s.nodes().get(node).state() instanceof NodeState.Up)
        .isPresent();
  }

  private static boolean routed(Step step, NodeId node) {
    return step.tick().snapshot().map(Snapshot::router).filter(r -> routed(r, node)).isPresent();
  }

  private static boolean routed(Router.State state, NodeId node) {
    return state instanceof Router.State.Up up && up.servers().get(node).ready();
  }

  private static Optional<Long> lag(Step step) {
    return step.tick()
        .snapshot()
        .flatMap(
            snapshot -> {
              NodeId primary = step.tick().record().primary();
              Optional<Position> received =
                  up(snapshot.nodes().get(primary.peer()))
                      .flatMap(NodeState.Up::replication)
                      .map(NodeState.Replication::received);
              return up(snapshot.nodes().get(primary))
                  .flatMap(p -> received.map(r -> r.behind(p.end())));
            });
  }

  private static Optional<NodeState.Up> up(NodeView view) {
    return view.state() instanceof NodeState.Up up ? Optional.of(up) : Optional.empty();
  }

  @Override
  public void failover() {
    registry.counter(PREFIX + "failovers", engine).increment();
  }

  @Override
  public void over(Failover failover) {
    failover.phases().forEach((phase, spent) -> phase(phase).record(spent));
  }

  private Timer phase(String phase) {
    return Timer.builder(PREFIX + "failover.phase")
        .description("How long each phase of a failover took")
        .tags(engine.and("phase", phase))
        .register(registry);
  }
}
