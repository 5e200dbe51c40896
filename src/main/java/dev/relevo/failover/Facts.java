package dev.relevo.failover;

import dev.relevo.failover.NodeState.Receiver;
import dev.relevo.failover.NodeState.Replication;
import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.NodeState.Up;
import java.util.Optional;

/**
 * What a snapshot means in the light of the record: the words that the rules are made of. {@code
 * primary} and {@code replica} are what the record makes of a node, not what its server is.
 */
final class Facts {
  final Snapshot snapshot;
  final PairRecord record;
  final FailoverTimes times;
  final NodeId primary;
  final NodeId replica;
  final Optional<Up> p;
  final Optional<Up> r;

  Facts(Snapshot snapshot, PairRecord record) {
    this.snapshot = snapshot;
    this.record = record;
    this.times = snapshot.times();
    this.primary = record.primary();
    this.replica = primary.peer();
    this.p = up(view(primary));
    this.r = up(view(replica));
  }

  NodeView view(NodeId node) {
    return snapshot.nodes().get(node);
  }

  private static Optional<Up> up(NodeView view) {
    return view.state() instanceof Up up ? Optional.of(up) : Optional.empty();
  }

  // -- the router ------------------------------------------------------------------------------

  boolean routerSilent() {
    return snapshot.router() instanceof Router.State.Silent;
  }

  /** Known to be out of clients' reach. */
  boolean fenced(NodeId node) {
    return snapshot.router() instanceof Router.State.Up up && up.servers().get(node).fenced();
  }

  /** Known to be within clients' reach. */
  boolean reachable(NodeId node) {
    return snapshot.router() instanceof Router.State.Up up && !up.servers().get(node).fenced();
  }

  boolean routed(NodeId node) {
    return snapshot.router() instanceof Router.State.Up up && up.servers().get(node).ready();
  }

  // -- the primary -----------------------------------------------------------------------------

  boolean primaryIs(ServerRole role) {
    return p.filter(up -> up.role() == role).isPresent();
  }

  /** It is a primary in the incarnation that may serve. */
  boolean primaryMayServe() {
    return primaryIs(ServerRole.PRIMARY) && acceptedIncarnation();
  }

  private boolean acceptedIncarnation() {
    return p.map(Up::incarnation).equals(record.primaryIncarnation());
  }

  boolean writable() {
    return p.filter(Up::writable).isPresent();
  }

  boolean zeroLossOn() {
    return p.filter(Up::zeroLossOn).isPresent();
  }

  /** It takes writes of which its replica may not hear, whatever the record says. */
  boolean takesUnsharedWrites() {
    return primaryMayServe() && writable() && !zeroLossOn();
  }

  boolean leaving(NodeId node) {
    return snapshot.leaving().contains(node);
  }

  /** So many probes failed, or for so long, that its silence means death. */
  boolean dead() {
    if (p.isPresent()) {
      return false;
    }
    NodeView view = view(primary);
    boolean replicaLostItToo =
        replication().filter(x -> x.receiver() != Receiver.CONNECTED).isPresent();
    boolean fast = view.failedProbes() >= times.deadProbes() && replicaLostItToo;
    boolean slow = view.silentFor().compareTo(times.deadAfter()) >= 0;
    return fast || slow && !stillReceives();
  }

  private boolean stillReceives() {
    return replication().filter(x -> x.receiver() == Receiver.CONNECTED).isPresent()
        && view(replica).receivedStillFor().compareTo(times.deadAfter()) < 0;
  }

  boolean unreachable() {
    return p.isEmpty() && !dead() && view(primary).silentFor().compareTo(times.deadAfter()) >= 0;
  }

  /** It lacks what an intact replica has confirmed, and has not been written to since its start. */
  boolean behind() {
    return record.peerInSync()
        && p.isPresent()
        && !acceptedIncarnation()
        && promiseHolds()
        && replication().filter(x -> !p.get().end().covers(x.received())).isPresent();
  }

  boolean stalled() {
    return p.isPresent()
        && stalledFor(times.stalledAfter())
        && (!zeroLossOn() || p.get().replicaAttached() && !awaitsReplica() || isBeingRelieved());
  }

  /** A handover has begun, and can be ended; from here on that alone keeps it from committing. */
  private boolean isBeingRelieved() {
    return record.peerInSync()
        && fenced(primary)
        && receiverStopped()
        && (drained() || !applierStopped());
  }

  private boolean stalledFor(java.time.Duration limit) {
    return snapshot.heartbeatStalled().compareTo(limit) >= 0;
  }

  /** Commits wait, and the replica doesn't have what they wait for. */
  private boolean awaitsReplica() {
    return p.get().commitsWaiting() > 0
        && replication().filter(x -> x.received().covers(p.get().end())).isEmpty();
  }

  // -- the replica -----------------------------------------------------------------------------

  Optional<Replication> replication() {
    return r.filter(up -> up.role() == ServerRole.REPLICA).flatMap(Up::replication);
  }

  boolean replicaIsPrimary() {
    return r.filter(up -> up.role() == ServerRole.PRIMARY).isPresent();
  }

  boolean replicaLost() {
    return zeroLossOn() && !p.get().replicaAttached() && stalledFor(times.replicaLostAfter());
  }

  boolean notAcking() {
    return zeroLossOn()
        && p.get().replicaAttached()
        && stalledFor(times.notAckingAfter())
        && awaitsReplica();
  }

  /** What it has confirmed can't have been lost by a restart. */
  boolean promiseHolds() {
    return snapshot.traits().receivedLogSurvivesRestart() || hasStayedUp();
  }

  /** In sync it has restarted, and has lost nothing by it. */
  boolean hasKeptAll() {
    return record.peerInSync()
        && snapshot.traits().receivedLogSurvivesRestart()
        && !hasStayedUp()
        && follows()
        && confirmedAll();
  }

  /** The peer runs as it did when it became in sync. */
  private boolean hasStayedUp() {
    return r.isPresent() && r.map(Up::incarnation).equals(record.peerIncarnation());
  }

  boolean replicaRestarted() {
    return record.peerInSync() && r.isPresent() && !promiseHolds();
  }

  boolean diverged() {
    return replication().flatMap(Replication::diverged).isPresent();
  }

  boolean applierStopped() {
    return replication().filter(x -> !x.applierRunning()).isPresent();
  }

  boolean receiverStopped() {
    return replication().filter(x -> x.receiver() == Receiver.STOPPED).isPresent();
  }

  boolean followsAnother() {
    return replication().filter(x -> !x.source().equals(Optional.of(primary))).isPresent();
  }

  boolean replicaStopped() {
    return applierStopped() || receiverStopped() || followsAnother();
  }

  boolean drained() {
    return replication().filter(x -> !x.applied().covers(x.received())).isEmpty();
  }

  /** Starting its threads again can't lose anything that is still needed. */
  boolean mayReattach() {
    return !record.peerInSync() || snapshot.traits().receivedLogSurvivesRestart() || drained();
  }

  boolean confirmedAll() {
    return p.isPresent()
        && replication().filter(x -> x.received().covers(p.get().end())).isPresent();
  }

  boolean toBeProvisioned() {
    return record.reprovision().contains(replica);
  }

  /** It follows the primary, soundly and closely enough to be waited for. */
  boolean joinable() {
    return follows() && !leaving(replica) && lag() <= snapshot.traits().smallLag();
  }

  /** It is connected to the primary, applies, and nothing is wrong with it. */
  boolean follows() {
    return replication()
            .filter(x -> x.receiver() == Receiver.CONNECTED)
            .filter(Replication::applierRunning)
            .filter(x -> x.diverged().isEmpty())
            .isPresent()
        && !followsAnother()
        && !toBeProvisioned()
        && !unsound();
  }

  long lag() {
    return p.isEmpty() ? 0 : replication().map(x -> x.received().behind(p.get().end())).orElse(0L);
  }

  boolean unsound() {
    return unsound(p) || unsound(r);
  }

  boolean unsound(Optional<Up> node) {
    return node.filter(up -> !up.unsound().isEmpty()).isPresent();
  }

  // -- joining ---------------------------------------------------------------------------------

  /** The replica has confirmed the position of the moment from which on commits wait for it. */
  boolean joined() {
    return snapshot
        .join()
        .filter(join -> p.map(Up::incarnation).equals(Optional.of(join.primaryIncarnation())))
        .filter(join -> r.map(Up::incarnation).equals(Optional.of(join.replicaIncarnation())))
        .filter(join -> replication().filter(x -> x.received().covers(join.mark())).isPresent())
        .filter(join -> follows() && p.get().replicaAttached() && zeroLossOn())
        .isPresent();
  }

  /** Commits wait for the replica, or are made to: a step that was half done leaves them so. */
  boolean waits() {
    return zeroLossOn() || p.filter(up -> up.commitsWaiting() > 0).isPresent();
  }

  boolean joinTookTooLong() {
    return snapshot
        .join()
        .filter(join -> join.since().compareTo(times.joinWithin()) >= 0)
        .isPresent();
  }

  // -- handing over ----------------------------------------------------------------------------

  boolean forced() {
    return requested(Request.Kind.FORCE);
  }

  /** Relieved while it is alive: nothing forces the pair to, so nothing may be risked. */
  boolean planned() {
    return requested(Request.Kind.SWITCHOVER) || leaving(primary);
  }

  private boolean requested(Request.Kind kind) {
    return snapshot
        .request()
        .filter(request -> request.kind() == kind && request.target() == replica)
        .filter(request -> request.since().compareTo(times.requestWithin()) < 0)
        .isPresent();
  }

  boolean mustBeRelieved() {
    return dead() || stalled() || behind();
  }

  /** The peer should be the primary, whether or not it may. */
  boolean handoverWanted() {
    return mustBeRelieved() || planned() || forced();
  }

  /** All of the pair may be starting, not the watchdog alone. */
  boolean cold() {
    return !view(primary).seen()
        && !routed(primary)
        && !hasStayedUp()
        && snapshot.watchdogUp().compareTo(times.startGrace()) < 0;
  }

  boolean coolingDown() {
    return snapshot.sincePromotion().compareTo(times.cooldown()) < 0;
  }

  /** Nothing forbids that the peer becomes the primary, once the old one is fenced. */
  boolean handoverAllowed() {
    if (routerSilent() || r.isEmpty() || leaving(replica)) {
      return false;
    }
    if (forced()) {
      return true;
    }
    return record.peerInSync()
        && promiseHolds()
        && !takesUnsharedWrites()
        && (mustBeRelieved() ? !cold() && !coolingDown() : !unsound());
  }

  // -- the two words for it all ----------------------------------------------------------------

  PairState state() {
    if (handoverWanted() && handoverAllowed()) {
      return PairState.HANDING_OVER;
    }
    if (p.isEmpty()) {
      return PairState.LOST;
    }
    if (primaryIs(ServerRole.REPLICA)) {
      return PairState.TAKING_OVER;
    }
    if (!acceptedIncarnation()) {
      return PairState.RETURNING;
    }
    if (!writable() || !routerSilent() && !routed(primary)) {
      return PairState.OPENING;
    }
    if (record.peerInSync()) {
      return PairState.WHOLE;
    }
    return zeroLossOn() ? PairState.JOINING : PairState.ALONE;
  }

  Diagnosis diagnosis() {
    if (p.isEmpty()) {
      return dead()
          ? Diagnosis.PRIMARY_DEAD
          : unreachable() ? Diagnosis.PRIMARY_UNREACHABLE : Diagnosis.PRIMARY_SILENT;
    }
    if (behind()) {
      return Diagnosis.PRIMARY_BEHIND;
    }
    if (record.peerInSync() && takesUnsharedWrites()) {
      return Diagnosis.ZERO_LOSS_OFF;
    }
    if (stalled()) {
      return Diagnosis.PRIMARY_STALLED;
    }
    if (unsound()) {
      return Diagnosis.SETTINGS_UNSOUND;
    }
    return replicaDiagnosis();
  }

  private Diagnosis replicaDiagnosis() {
    if (replicaLost()) {
      return Diagnosis.REPLICA_LOST;
    }
    if (notAcking()) {
      return Diagnosis.REPLICA_NOT_ACKING;
    }
    if (r.isEmpty()) {
      return Diagnosis.REPLICA_UNREACHABLE;
    }
    if (replicaRestarted()) {
      return Diagnosis.REPLICA_RESTARTED;
    }
    if (replicaIsPrimary()) {
      return Diagnosis.TWO_PRIMARIES;
    }
    if (diverged()) {
      return Diagnosis.REPLICA_DIVERGED;
    }
    if (replicaStopped()) {
      return Diagnosis.REPLICA_STOPPED;
    }
    if (replication().filter(x -> x.receiver() == Receiver.CONNECTING).isPresent()) {
      return Diagnosis.REPLICA_DISCONNECTED;
    }
    if (lag() > snapshot.traits().smallLag()) {
      return Diagnosis.REPLICA_LAGGING;
    }
    return routerSilent() ? Diagnosis.ROUTER_SILENT : Diagnosis.HEALTHY;
  }
}
