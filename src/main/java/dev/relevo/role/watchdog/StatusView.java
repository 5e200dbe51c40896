package dev.relevo.role.watchdog;

import dev.relevo.failover.Decision;
import dev.relevo.failover.Event;
import dev.relevo.failover.LoggedEvent;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.NodeState;
import dev.relevo.failover.NodeView;
import dev.relevo.failover.PairRecord;
import dev.relevo.failover.Router;
import dev.relevo.failover.Snapshot;
import dev.relevo.failover.Step;
import dev.relevo.failover.Watchdog;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A pair and its events as maps, which are written as JSON. */
final class StatusView {
  private StatusView() {}

  static Map<String, Object> of(Watchdog watchdog) {
    Optional<Step> latest = watchdog.latest();
    Optional<Snapshot> snapshot = latest.flatMap(step -> step.tick().snapshot());
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("engine", watchdog.traits().name());
    view.put("record", watchdog.record().map(StatusView::record).orElse(null));
    view.put("zero_loss_share", watchdog.zeroLossShare());
    view.put(
        "decision",
        latest.map(step -> event(new LoggedEvent(step.event(), step.event()))).orElse(null));
    Map<String, Object> nodes = new LinkedHashMap<>();
    snapshot.ifPresent(
        world -> {
          for (NodeId node : NodeId.values()) {
            nodes.put(node.id(), node(world.nodes().get(node)));
          }
        });
    view.put("nodes", nodes);
    view.put("router", snapshot.map(world -> router(world.router())).orElse(Map.of()));
    return view;
  }

  static Map<String, Object> event(LoggedEvent logged) {
    Event event = logged.first();
    Decision decision = event.decision();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("number", event.number());
    view.put("at", event.at().toString());
    view.put("last_number", logged.last().number());
    view.put("until", logged.last().at().toString());
    view.put("epoch", event.epoch());
    view.put("rule", decision.rule());
    view.put("state", decision.state().name());
    view.put("diagnosis", decision.diagnosis().name());
    view.put("action", decision.action().name());
    view.put("node", decision.target().id());
    view.put("sentence", decision.sentence());
    view.put("failure", event.failure().orElse(null));
    view.put("dry_run", event.dryRun());
    return view;
  }

  private static Map<String, Object> record(PairRecord record) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("epoch", record.epoch());
    view.put("primary", record.primary().id());
    view.put("peer_in_sync", record.peerInSync());
    view.put("primary_incarnation", record.primaryIncarnation().orElse(null));
    view.put("peer_incarnation", record.peerIncarnation().orElse(null));
    view.put("reprovision", record.reprovision().stream().map(NodeId::id).sorted().toList());
    view.put("paused", record.paused());
    view.put("promoted_at", Instant.ofEpochMilli(record.promotedAtMillis()).toString());
    return view;
  }

  private static Map<String, Object> node(NodeView seen) {
    Map<String, Object> view = new LinkedHashMap<>();
    if (seen.state() instanceof NodeState.Silent silent) {
      view.put("up", false);
      view.put("reason", silent.reason());
      view.put("silent_millis", seen.silentFor().toMillis());
      view.put("failed_probes", seen.failedProbes());
    } else if (seen.state() instanceof NodeState.Up up) {
      view.put("up", true);
      view.put("incarnation", up.incarnation());
      view.put("role", WatchdogView.word(up.role()));
      view.put("writable", up.writable());
      view.put("zero_loss", up.zeroLossOn());
      view.put("replica_attached", up.replicaAttached());
      view.put("commits_waiting", up.commitsWaiting());
      view.put("end", up.end().toString());
      view.put("unsound", up.unsound());
      view.put("replication", up.replication().map(StatusView::replication).orElse(null));
    }
    return view;
  }

  private static Map<String, Object> replication(NodeState.Replication replication) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("source", replication.source().map(NodeId::id).orElse(null));
    view.put("receiver", WatchdogView.word(replication.receiver()));
    view.put("applier_running", replication.applierRunning());
    view.put("received", replication.received().toString());
    view.put("applied", replication.applied().toString());
    view.put("diverged", replication.diverged().orElse(null));
    return view;
  }

  private static Map<String, Object> router(Router.State state) {
    Map<String, Object> view = new LinkedHashMap<>();
    if (state instanceof Router.State.Silent silent) {
      view.put("up", false);
      view.put("reason", silent.reason());
    } else if (state instanceof Router.State.Up up) {
      view.put("up", true);
      for (NodeId node : NodeId.values()) {
        Router.Server server = up.servers().get(node);
        view.put(node.id(), Map.of("ready", server.ready(), "sessions", server.sessions()));
      }
    }
    return view;
  }
}
