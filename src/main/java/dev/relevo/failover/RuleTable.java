package dev.relevo.failover;

import static dev.relevo.failover.PairState.ALONE;
import static dev.relevo.failover.PairState.HANDING_OVER;
import static dev.relevo.failover.PairState.JOINING;
import static dev.relevo.failover.PairState.LOST;
import static dev.relevo.failover.PairState.OPENING;
import static dev.relevo.failover.PairState.RETURNING;
import static dev.relevo.failover.PairState.TAKING_OVER;
import static dev.relevo.failover.PairState.WHOLE;

import dev.relevo.failover.NodeState.ServerRole;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The rules, in the order in which they are asked; the first that matches decides. The last ones
 * match in every state, so there is always an answer.
 *
 * <p>An ordered table of context, condition and action, dumped and tested as such, is
 * pg_auto_failover's idea.
 */
final class RuleTable {
  private static final Set<PairState> ANY = EnumSet.allOf(PairState.class);
  private static final Set<PairState> SERVING = EnumSet.of(OPENING, ALONE, JOINING, WHOLE);
  private static final Set<PairState> KNOWN = EnumSet.of(RETURNING, OPENING, ALONE, JOINING, WHOLE);

  static final List<Rule> RULES = new RuleTable().rules;

  private final List<Rule> rules = new ArrayList<>();

  private RuleTable() {
    safety();
    handover();
    takeover();
    comeback();
    drop();
    open();
    mend();
    join();
    refusals();
    quiet();
  }

  private void safety() {
    add("fence-unnamed", ANY)
        .when("the replica is within clients' reach", f -> f.reachable(f.replica))
        .replica(Action.FENCE, "{replica} isn't named primary: clients are kept from it");
    add("fence-returned", RETURNING)
        .when(
            "the peer is recorded as in sync and the primary is within clients' reach",
            f -> f.record.peerInSync() && f.reachable(f.primary))
        .primary(
            Action.FENCE,
            "{primary} has restarted: nobody reads it before what it shows is known to be"
                + " acknowledged");
    add("paused", ANY)
        .when("an operator has paused the watchdog", f -> f.record.paused())
        .primary(Action.HOLD_PAUSED, "Paused by an operator; {diagnosis}");
  }

  private void handover() {
    add("handover-fence", HANDING_OVER)
        .when("the primary is not known to be fenced", f -> !f.fenced(f.primary))
        .primary(Action.FENCE, "{diagnosis}: {primary} is fenced, {replica} is to take over");
    add("handover-close", HANDING_OVER)
        .when(
            "the primary answers and is writable, and the handover is asked for",
            f ->
                f.primaryIs(ServerRole.PRIMARY)
                    && f.writable()
                    && (f.planned() || f.forced())
                    && !f.mustBeRelieved())
        .primary(Action.CLOSE_WRITES, "{primary} hands over: it takes no more writes");
    add("handover-catch-up", HANDING_OVER)
        .when(
            "the primary answers, nothing but a request speaks for the handover, and the peer"
                + " doesn't have all of its log",
            f -> f.p.isPresent() && f.planned() && !f.mustBeRelieved() && !f.confirmedAll())
        .primary(Action.WAIT_CAUGHT_UP, "{replica} is receiving the last of {primary}");
    add("handover-stop-receiver", HANDING_OVER)
        .when(
            "the peer's receiver is not stopped",
            f -> f.replication().isPresent() && !f.receiverStopped())
        .replica(Action.STOP_RECEIVER, "{replica} receives nothing more from {primary}");
    add("handover-start-applier", HANDING_OVER)
        .when(
            "the peer has unapplied log that survives a restart, and its applier is stopped",
            f ->
                !f.drained()
                    && f.applierStopped()
                    && f.snapshot.traits().receivedLogSurvivesRestart())
        .replica(Action.START_APPLIER, "{replica} applies what it had received");
    add("handover-drain", HANDING_OVER)
        .when("the peer is applying what it has received", f -> !f.drained() && !f.applierStopped())
        .replica(Action.WAIT_DRAINED, "{replica} is applying what it has received");
    add("handover-not-drained", HANDING_OVER)
        .when(
            "the peer can't apply what it has received, and no operator forces it",
            f -> !f.drained() && !f.forced())
        .replica(
            Action.HOLD_NOT_DRAINED,
            "{replica} does not apply what it has received; {primary} is waited for");
    add("name-the-peer", HANDING_OVER)
        .when("the peer is drained, or forced", f -> true)
        .leadsTo(TAKING_OVER)
        .replica(Action.RECORD_PROMOTION, "{replica} is the primary from here on: {diagnosis}");
  }

  private void takeover() {
    add("takeover-stop-receiver", TAKING_OVER)
        .when("its receiver is not stopped", f -> !stoppedReceiver(f))
        .primary(Action.STOP_RECEIVER, "{primary} is named primary and still receives");
    add("promote", TAKING_OVER)
        .when("its receiver is stopped", f -> true)
        .leadsTo(OPENING)
        .primary(Action.PROMOTE, "{primary} is named primary and is made one");
  }

  private static boolean stoppedReceiver(Facts f) {
    return f.p
        .flatMap(NodeState.Up::replication)
        .filter(x -> x.receiver() != NodeState.Receiver.STOPPED)
        .isEmpty();
  }

  private void comeback() {
    add("return-replica-restarted", RETURNING)
        .when("the peer has restarted since it was in sync", Facts::replicaRestarted)
        .replica(
            Action.RECORD_NOT_IN_SYNC,
            "Both have restarted, and {replica} may have lost what it had; {primary} has it all");
    add("return-confirmed", RETURNING)
        .when(
            "the peer is recorded as in sync, and has all of the primary's log and no more",
            f -> f.record.peerInSync() && f.confirmedAll() && !f.behind())
        .leadsTo(OPENING)
        .primary(
            Action.RECORD_INCARNATION,
            "{primary} has restarted, and {replica} has everything that it shows");
    add("return-attach", RETURNING)
        .when(
            "the peer doesn't replicate, and starting it can't lose anything",
            f ->
                f.record.peerInSync()
                    && !f.behind()
                    && f.replicaStopped()
                    && !f.diverged()
                    && !f.leaving(f.replica)
                    && f.mayReattach())
        .replica(Action.ATTACH, "{primary} has restarted: {replica} is to receive from it again");
    add("return-wait", RETURNING)
        .when(
            "the peer is recorded as in sync, and it isn't long since the primary came back",
            f ->
                f.record.peerInSync()
                    && !f.behind()
                    && f.view(f.primary).upFor().compareTo(f.times.returnWithin()) < 0)
        .primary(
            Action.WAIT_CONFIRMED,
            "{primary} has restarted: {replica} is to confirm what it shows");
    add("return-without-replica", RETURNING)
        .when(
            "the peer is recorded as in sync, and did not confirm",
            f -> f.record.peerInSync() && !f.behind())
        .replica(
            Action.RECORD_NOT_IN_SYNC,
            "{primary} has restarted and goes on without {replica}, which did not confirm");
    add("return-alone", RETURNING)
        .when("the peer is not in sync", f -> !f.record.peerInSync())
        .leadsTo(OPENING)
        .primary(
            Action.RECORD_INCARNATION, "{primary} has (re)started, and nobody else has its writes");
  }

  private void drop() {
    drop(
        "drop-zero-loss-off",
        "the primary takes writes without waiting",
        Facts::takesUnsharedWrites);
    drop("drop-unsound", "a server's settings are not zero-loss", Facts::unsound);
    drop("drop-lost", "a commit waits, and the primary has no replica", Facts::replicaLost);
    drop("drop-not-acking", "a commit waits, and the replica doesn't confirm", Facts::notAcking);
    drop(
        "drop-restarted",
        "the replica may have lost what it had confirmed",
        Facts::replicaRestarted);
    drop("drop-diverged", "the replica can't follow", Facts::diverged);
    drop("drop-primary", "the replica runs as a primary", Facts::replicaIsPrimary);
    drop(
        "drop-not-applying",
        "the replica doesn't apply, and starting it could lose what it has received",
        f -> f.applierStopped() && !f.mayReattach());
    drop("drop-leaving", "the replica is about to stop", f -> f.leaving(f.replica));
    add("relax", SERVING)
        .when(
            "the peer is not in sync, the primary waits for it, and it doesn't follow, or has taken"
                + " too long, or is about to stop",
            f ->
                !f.record.peerInSync()
                    && f.waits()
                    && !f.joined()
                    && (!f.follows() || f.joinTookTooLong() || f.leaving(f.replica)))
        .leadsTo(ALONE)
        .primary(Action.RELAX, "{primary} goes on without {replica}, as recorded");
  }

  private void drop(String id, String when, Predicate<Facts> condition) {
    add(id, SERVING)
        .when(
            "the peer is recorded as in sync, and " + when,
            f -> f.record.peerInSync() && condition.test(f))
        .leadsTo(JOINING)
        .replica(Action.RECORD_NOT_IN_SYNC, "{replica} is no longer counted on: " + when);
  }

  private void open() {
    add("fence-leaving", SERVING)
        .when(
            "the primary is about to stop and is within clients' reach",
            f -> f.leaving(f.primary) && f.reachable(f.primary))
        .primary(Action.FENCE, "{primary} is about to stop: clients are kept from it");
    add("restore-before-open", OPENING)
        .when(
            "the primary is not writable, and its settings are not zero-loss",
            f -> !f.writable() && f.unsound(f.p))
        .primary(Action.RESTORE_SETTINGS, "{primary} gets its settings back before it is opened");
    add("require-before-open", OPENING)
        .when(
            "the primary is not writable, and doesn't wait for the peer that is in sync",
            f -> !f.writable() && f.record.peerInSync() && !f.zeroLossOn())
        .primary(Action.REQUIRE, "{primary} is made to wait for {replica} before it is opened");
    add("open-writes", OPENING)
        .when(
            "the primary is not writable and is not about to stop",
            f -> !f.writable() && !f.leaving(f.primary))
        .primary(Action.OPEN_WRITES, "{primary} takes writes");
    add("route", OPENING)
        .when(
            "the primary is writable, not routed, and not about to stop",
            f -> f.writable() && !f.routerSilent() && !f.leaving(f.primary))
        .leadsTo(ALONE)
        .primary(Action.ROUTE, "{primary} is routed");
  }

  private void mend() {
    add("restore-primary", SERVING)
        .when("the primary's settings are not zero-loss", f -> f.unsound(f.p))
        .primary(Action.RESTORE_SETTINGS, "{primary} gets its zero-loss settings back");
    add("restore-replica", SERVING)
        .when("the replica's settings are not zero-loss", f -> f.unsound(f.r))
        .replica(Action.RESTORE_SETTINGS, "{replica} gets its zero-loss settings back");
    add("demote", SERVING)
        .when("the replica runs as a primary", f -> f.replicaIsPrimary() && !f.leaving(f.replica))
        .replica(
            Action.DEMOTE, "{replica} runs as a primary, and {primary} is named: it is demoted");
    add("provisioned", SERVING)
        .when(
            "the replica is to be provisioned, is connected and no longer diverged",
            f ->
                f.toBeProvisioned()
                    && !f.diverged()
                    && !f.replicaStopped()
                    && f.replication().isPresent())
        .replica(Action.RECORD_PROVISIONED, "{replica} has been provisioned and follows {primary}");
    add("diverged", SERVING)
        .when("the replica can't follow", f -> f.diverged() && !f.toBeProvisioned())
        .replica(
            Action.RECORD_REPROVISION,
            "{replica} has diverged: its data is to be taken from {primary}");
    add("reprovision", SERVING)
        .when(
            "the replica is to be provisioned and can't follow",
            f -> f.toBeProvisioned() && f.diverged())
        .replica(Action.REPROVISION, "{replica} takes its data from {primary} anew");
    add("attach", SERVING)
        .when(
            "the replica doesn't replicate from the primary, isn't about to stop, and starting it"
                + " can't lose anything",
            f -> f.replicaStopped() && !f.leaving(f.replica) && f.mayReattach())
        .replica(Action.ATTACH, "{replica} is to receive from {primary}");
    add("attach-wait", SERVING)
        .when(
            "the replica doesn't receive, and is applying what it has",
            f -> f.replicaStopped() && !f.leaving(f.replica))
        .replica(
            Action.WAIT_DRAINED,
            "{replica} applies what it has received before it receives from {primary} again");
  }

  private void join() {
    add("recognise", WHOLE)
        .when("the peer is in sync, has restarted, and has kept all that it had", Facts::hasKeptAll)
        .replica(Action.RECORD_IN_SYNC, "{replica} has restarted, and still has everything");
    add("joined", SERVING)
        .when(
            "the peer is not in sync, and has confirmed the position of the moment from which on"
                + " the primary waits for it",
            f -> !f.record.peerInSync() && f.joined() && !f.leaving(f.replica))
        .leadsTo(WHOLE)
        .replica(Action.RECORD_IN_SYNC, "{replica} has everything, and every commit waits for it");
    add("join-wait", JOINING)
        .when("", f -> true)
        .replica(Action.WAIT_CONFIRMED, "{primary} waits for {replica}, which is to confirm");
    add("require", ALONE)
        .when(
            "the replica follows closely, and the last attempt is long enough ago",
            f -> f.joinable() && f.snapshot.sinceRelaxed().compareTo(f.times.joinRetry()) >= 0)
        .leadsTo(JOINING)
        .primary(Action.REQUIRE, "{replica} follows closely: {primary} is to wait for it");
  }

  private void refusals() {
    refusal(
        "hold-starting",
        "the primary has not been seen since the watchdog's start, which is not long ago, nothing"
            + " is routed, and the peer has not stayed up",
        f -> f.dead() && f.cold() && f.record.peerInSync(),
        Action.HOLD_STARTING,
        "The pair is being started: {primary} is waited for");
    refusal(
        "hold-not-in-sync",
        "the peer is not in sync",
        f -> !f.record.peerInSync(),
        Action.HOLD_NOT_IN_SYNC,
        "{diagnosis}, and {replica} may lack acknowledged writes: {primary} is waited for");
    refusal(
        "hold-peer-silent",
        "the peer doesn't answer",
        f -> f.r.isEmpty(),
        Action.HOLD_PEER_SILENT,
        "{diagnosis}, and {replica} doesn't answer either: whichever comes back is waited for");
    refusal(
        "hold-incarnation-changed",
        "the peer has restarted since it was in sync",
        f -> !f.promiseHolds(),
        Action.HOLD_INCARNATION_CHANGED,
        "{diagnosis}, and {replica} has restarted since it was in sync and may have lost"
            + " acknowledged writes: {primary} is waited for");
    refusal(
        "hold-not-fenced",
        "the router doesn't answer",
        Facts::routerSilent,
        Action.HOLD_NOT_FENCED,
        "{diagnosis}, and the router doesn't say that {primary} is out of clients' reach");
    refusal(
        "hold-cooldown",
        "a failover has only just been",
        f -> f.mustBeRelieved() && f.coolingDown(),
        Action.HOLD_COOLDOWN,
        "{diagnosis}, only moments after the last failover");
    refusal(
        "hold-leaving",
        "a node is about to stop",
        f -> f.leaving(f.primary) || f.leaving(f.replica),
        Action.HOLD_LEAVING,
        "A node is about to stop");
  }

  private void quiet() {
    add("hold-primary-serves", LOST)
        .when("the replica still receives writes from the primary", Facts::unreachable)
        .primary(
            Action.HOLD_PRIMARY_SERVES,
            "{primary} can't be reached from here, but {replica} still receives its writes");
    add("wait-primary", LOST)
        .when("", f -> true)
        .primary(
            Action.WAIT_PRIMARY, "{primary} has not answered; not for long enough to say more");
    add("hold-router-silent", KNOWN)
        .when("the router doesn't answer", Facts::routerSilent)
        .primary(Action.HOLD_ROUTER_SILENT, "The router doesn't answer");
    add("catching-up", ALONE)
        .when("the replica follows, but is far behind", f -> f.follows() && !f.joinable())
        .replica(Action.WAIT_CATCHING_UP, "{replica} is catching up with {primary}");
    add("alone", EnumSet.of(ALONE, OPENING))
        .when("", f -> true)
        .primary(Action.NONE, "{primary} serves alone: {diagnosis}");
    add("whole", ANY)
        .when("", f -> true)
        .primary(Action.NONE, "Whatever {primary} acknowledges is on {replica} too: {diagnosis}");
  }

  private void refusal(
      String id, String when, Predicate<Facts> condition, Action action, String sentence) {
    add(id, EnumSet.complementOf(EnumSet.of(HANDING_OVER)))
        .when(
            "the peer should take over, and " + when, f -> f.handoverWanted() && condition.test(f))
        .primary(action, sentence);
  }

  private Row add(String id, PairState in) {
    return add(id, EnumSet.of(in));
  }

  private Row add(String id, Set<PairState> in) {
    return new Row(id, in);
  }

  /** A row that is being written. */
  private final class Row {
    private final String id;
    private final Set<PairState> in;
    private String when;
    private Predicate<Facts> condition;
    private Optional<PairState> leadsTo = Optional.empty();

    Row(String id, Set<PairState> in) {
      this.id = id;
      this.in = in;
    }

    Row when(String words, Predicate<Facts> predicate) {
      this.when = words;
      this.condition = predicate;
      return this;
    }

    Row leadsTo(PairState state) {
      this.leadsTo = Optional.of(state);
      return this;
    }

    void primary(Action action, String sentence) {
      rules.add(new Rule(id, in, when, condition, action, false, leadsTo, sentence));
    }

    void replica(Action action, String sentence) {
      rules.add(new Rule(id, in, when, condition, action, true, leadsTo, sentence));
    }
  }
}
