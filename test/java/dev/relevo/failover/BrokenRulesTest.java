package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each rule that keeps data safe, broken on purpose: the simulation notices. */
class BrokenRulesTest {
  private static final long SEQUENCES = 60_000;

  /** What is broken, how, and what the simulation has to find. */
  private record Case(String what, SimKind kind, long seed, SimRun.Broken broken, String finding) {}

  @TestFactory
  Stream<DynamicTest> isNoticed() {
    return cases().map(c -> DynamicTest.dynamicTest(c.what(), () -> notice(c)));
  }

  private static void notice(Case broken) {
    assertThat(finding(broken.kind(), broken.seed(), broken.broken(), broken.finding()))
        .isPresent();
  }

  /** Tries a sequence that has found it before; should that have changed, looks for another. */
  private static Optional<String> finding(
      SimKind kind, long likely, SimRun.Broken broken, String finding) {
    return LongStream.concat(LongStream.of(likely), LongStream.range(0, SEQUENCES))
        .mapToObj(seed -> violation(seed, kind, broken))
        .filter(found -> found.contains(finding))
        .findFirst();
  }

  private static String violation(long seed, SimKind kind, SimRun.Broken broken) {
    try {
      new SimRun(seed, kind, broken).run();
      return "";
    } catch (SimWorld.Violation e) {
      return seed + ": " + e.getMessage();
    }
  }

  private static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "the peer takes over although it isn't recorded as in sync",
            SimKind.MYSQL,
            15208L,
            record(r -> r.peerInSync() ? r : r.inSync("claimed")),
            "acknowledged"),
        new Case(
            "the peer takes over although it has restarted and its relay log is gone",
            SimKind.MARIADB,
            15045L,
            snapshot(s -> withTraits(s, new EngineTraits("mariadb", true, "transactions", 3))),
            "acknowledged"),
        new Case(
            "the peer takes over although the old primary isn't fenced",
            SimKind.POSTGRESQL,
            15014L,
            rules(without("handover-fence", "fence-unnamed")),
            "both nodes"),
        new Case(
            "the peer takes over before it is drained",
            SimKind.MYSQL,
            15045L,
            rules(without("handover-drain", "handover-start-applier", "handover-not-drained")),
            "acknowledged"),
        new Case(
            "a restarted replica that has unapplied log is not waited for",
            SimKind.MARIADB,
            30343L,
            rules(without("handover-drain", "handover-not-drained")),
            "acknowledged"),
        new Case(
            "the old primary is recorded as in sync with its successor",
            SimKind.MYSQL,
            15208L,
            written(r -> r.epoch() > 1 && !r.peerInSync() ? r.inSync(anyIncarnation(r)) : r),
            "acknowledged"),
        new Case(
            "the primary goes on without its replica before that is on record",
            SimKind.MYSQL,
            30804L,
            rules(
                replaced(
                    "drop-lost",
                    rule ->
                        new Rule(
                            rule.id(),
                            rule.in(),
                            rule.when(),
                            rule.condition(),
                            Action.RELAX,
                            false,
                            rule.leadsTo(),
                            rule.sentence()))),
            "acknowledged"),
        new Case(
            "a replica is in sync as soon as the primary waits for it",
            SimKind.MYSQL,
            30168L,
            rules(
                conditioned(
                    "joined", f -> !f.record.peerInSync() && f.zeroLossOn() && f.r.isPresent())),
            "acknowledged"),
        new Case(
            "a restarted primary serves before its replica has confirmed what it shows",
            SimKind.MYSQL,
            15002L,
            rules(conditioned("return-confirmed", f -> f.record.peerInSync())),
            "less than before"),
        new Case(
            "a restarted primary stays within clients' reach",
            SimKind.POSTGRESQL,
            15392L,
            new SimRun.Broken(
                new FailoverDecision(
                    RuleTable.RULES.stream()
                        .filter(r -> !r.id().equals("fence-returned"))
                        .toList()),
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                false),
            "less than before"),
        new Case(
            "a replica is attached again before it has applied what it had received",
            SimKind.MARIADB.slow(),
            30599L,
            rules(
                conditioned("attach", f -> f.replicaStopped() && !f.leaving(f.replica)),
                conditioned(
                    "return-attach",
                    f -> f.record.peerInSync() && f.replicaStopped() && !f.diverged()),
                conditioned("drop-not-applying", f -> false)),
            "acknowledged"),
        new Case(
            "a replica never joins again once it was dropped",
            SimKind.MARIADB,
            15000L,
            rules(without("require")),
            "not whole again"),
        new Case(
            "a former primary is never demoted",
            SimKind.MYSQL,
            30001L,
            rules(without("demote")),
            "not whole again"),
        new Case(
            "a diverged node is never provisioned anew",
            SimKind.MYSQL,
            15003L,
            rules(without("diverged")),
            "not whole again"),
        new Case(
            "a restarted router is left alone",
            SimKind.POSTGRESQL,
            30000L,
            rules(without("route")),
            "not whole again"));
  }

  private static String anyIncarnation(PairRecord record) {
    return record.primary().peer() + "-1";
  }

  private static Snapshot withTraits(Snapshot s, EngineTraits traits) {
    return new Snapshot(
        traits,
        s.times(),
        s.nodes(),
        s.router(),
        s.heartbeatStalled(),
        s.join(),
        s.sinceRelaxed(),
        s.request(),
        s.leaving(),
        s.sincePromotion(),
        s.watchdogUp(),
        s.nowMillis());
  }

  private static SimRun.Broken snapshot(UnaryOperator<Snapshot> lie) {
    return new SimRun.Broken(
        new FailoverDecision(), lie, UnaryOperator.identity(), UnaryOperator.identity(), true);
  }

  private static SimRun.Broken record(UnaryOperator<PairRecord> lie) {
    return new SimRun.Broken(
        new FailoverDecision(), UnaryOperator.identity(), lie, UnaryOperator.identity(), true);
  }

  private static SimRun.Broken written(UnaryOperator<PairRecord> lie) {
    return new SimRun.Broken(
        new FailoverDecision(), UnaryOperator.identity(), UnaryOperator.identity(), lie, true);
  }

  @SafeVarargs
  private static SimRun.Broken rules(UnaryOperator<List<Rule>>... changes) {
    List<Rule> rules = RuleTable.RULES;
    for (UnaryOperator<List<Rule>> change : changes) {
      rules = change.apply(rules);
    }
    return new SimRun.Broken(
        new FailoverDecision(rules),
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        true);
  }

  private static UnaryOperator<List<Rule>> without(String... ids) {
    assertThat(RuleTable.RULES).extracting(Rule::id).contains(ids);
    return rules -> rules.stream().filter(rule -> !Set.of(ids).contains(rule.id())).toList();
  }

  private static UnaryOperator<List<Rule>> replaced(String id, UnaryOperator<Rule> by) {
    assertThat(RuleTable.RULES).extracting(Rule::id).contains(id);
    return rules ->
        rules.stream().map(rule -> rule.id().equals(id) ? by.apply(rule) : rule).toList();
  }

  private static UnaryOperator<List<Rule>> conditioned(String id, Predicate<Facts> condition) {
    return replaced(
        id,
        rule ->
            new Rule(
                rule.id(),
                rule.in(),
                rule.when(),
                condition,
                rule.action(),
                rule.onReplica(),
                rule.leadsTo(),
                rule.sentence()));
  }
}
