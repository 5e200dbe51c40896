package dev.relevo.role.watchdog;

import dev.relevo.failover.Decision;
import dev.relevo.failover.Failover;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.NodeState;
import dev.relevo.failover.NodeView;
import dev.relevo.failover.PairRecord;
import dev.relevo.failover.Router;
import dev.relevo.failover.Snapshot;
import dev.relevo.failover.Step;
import dev.relevo.failover.Watchdog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * The pair as everybody may see it, at {@code /observe/pair}: for the middleware's console page.
 * Nothing can be asked for or done there.
 */
@Endpoint(id = "pair")
public final class PairEndpoint {
  private final Watchdog watchdog;
  private final FailoverHistory history;

  PairEndpoint(Watchdog watchdog, FailoverHistory history) {
    this.watchdog = watchdog;
    this.history = history;
  }

  /**
   * The record, both nodes, the router, the last decision and the last failovers, the newest first.
   */
  @ReadOperation
  public Map<String, Object> pair() {
    Optional<PairRecord> record = watchdog.record();
    Optional<Step> latest = watchdog.latest();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("engine", watchdog.traits().name());
    record.ifPresent(
        known -> {
          view.put("primary", known.primary().id());
          view.put("epoch", known.epoch());
          view.put("peer_in_sync", known.peerInSync());
        });
    view.put("zero_loss_share", watchdog.zeroLossShare());
    latest.ifPresent(
        step -> {
          Decision decision = step.decision();
          view.put("state", decision.state().name());
          view.put("action", decision.action().name());
          view.put("diagnosis", decision.sentence());
        });
    Optional<Snapshot> snapshot = latest.flatMap(step -> step.tick().snapshot());
    view.put("nodes", nodes(record, snapshot));
    snapshot.ifPresent(seen -> view.put("router", router(seen.router())));
    view.put("failovers", history.latest().stream().map(PairEndpoint::failover).toList());
    return view;
  }

  private static List<Map<String, Object>> nodes(
      Optional<PairRecord> record, Optional<Snapshot> snapshot) {
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (NodeId id : NodeId.values()) {
      Map<String, Object> node = new LinkedHashMap<>();
      boolean reachable =
          snapshot
              .map(seen -> seen.nodes().get(id))
              .map(NodeView::state)
              .filter(NodeState.Up.class::isInstance)
              .isPresent();
      node.put("name", id.id());
      node.put("reachable", reachable);
      node.put("role", role(id, record, reachable));
      nodes.add(node);
    }
    return nodes;
  }

  private static String role(NodeId id, Optional<PairRecord> record, boolean reachable) {
    if (record.filter(known -> known.primary() == id).isPresent()) {
      return "primary";
    }
    if (!reachable) {
      return "gives no answer";
    }
    return record.filter(PairRecord::peerInSync).isPresent() ? "replica" : "replica, not in sync";
  }

  /** Which nodes new sessions are let to; only whether it answers, if it doesn't. */
  private static Map<String, Object> router(Router.State state) {
    Map<String, Object> router = new LinkedHashMap<>();
    router.put("reachable", state instanceof Router.State.Up);
    if (state instanceof Router.State.Up up) {
      router.put(
          "leads_to",
          Stream.of(NodeId.values())
              .filter(node -> up.servers().get(node).ready())
              .map(NodeId::id)
              .toList());
    }
    return router;
  }

  private static Map<String, Object> failover(Failover failover) {
    Map<String, Long> phases = new LinkedHashMap<>();
    failover.phases().forEach((phase, spent) -> phases.put(phase, spent.toMillis()));
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("at", failover.at().toString());
    view.put("from", failover.primary().peer().id());
    view.put("to", failover.primary().id());
    view.put("epoch", failover.epoch());
    view.put("phases", phases);
    return view;
  }
}
