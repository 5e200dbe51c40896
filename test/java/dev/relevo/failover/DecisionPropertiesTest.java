package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.failover.NodeState.Up;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is true of every decision, whatever the world looks like. */
class DecisionPropertiesTest {
  private static final long SITUATIONS = 150_000;

  @Test
  void noDecisionEndangersAnAcknowledgedWrite() {
    Set<String> rules = new HashSet<>();
    Set<Action> actions = EnumSet.of(Action.HOLD_NO_RECORD);
    Set<Diagnosis> diagnoses = EnumSet.noneOf(Diagnosis.class);
    Set<PairState> states = EnumSet.noneOf(PairState.class);
    RandomSituations.first(SITUATIONS)
        .forEach(
            situation -> {
              Decision decision = situation.decide();
              rules.add(decision.rule());
              actions.add(decision.action());
              diagnoses.add(decision.diagnosis());
              states.add(decision.state());
              check(situation, situation.facts(), decision);
            });
    assertThat(rules).hasSize(RuleTable.RULES.size());
    assertThat(actions).containsExactlyInAnyOrder(Action.values());
    assertThat(diagnoses).containsExactlyInAnyOrder(Diagnosis.values());
    assertThat(states).containsExactlyInAnyOrder(PairState.values());
  }

  private static void check(Situation situation, Facts facts, Decision decision) {
    PairRecord record = facts.record;
    if (situation.paused) {
      assertThat(decision.action()).isIn(Action.HOLD_PAUSED, Action.FENCE);
    }
    switch (decision.action()) {
      case ROUTE -> {
        assertThat(decision.target()).isEqualTo(record.primary());
        assertThat(facts.p.map(Up::incarnation)).isEqualTo(record.primaryIncarnation());
        assertThat(facts.writable()).isTrue();
      }
      case OPEN_WRITES -> {
        assertThat(decision.target()).isEqualTo(record.primary());
        assertThat(facts.p.map(Up::incarnation)).isEqualTo(record.primaryIncarnation());
        assertThat(facts.zeroLossOn() || !record.peerInSync()).isTrue();
        assertThat(situation.unsound).isFalse();
      }
      case PROMOTE -> assertThat(decision.target()).isEqualTo(record.primary());
      case RELAX -> assertThat(record.peerInSync()).isFalse();
      case RECORD_IN_SYNC -> {
        boolean was = record.peerInSync() && situation.survives && facts.confirmedAll();
        assertThat(was || facts.joined()).isTrue();
        assertThat(decision.next().flatMap(PairRecord::peerIncarnation))
            .isEqualTo(facts.r.map(Up::incarnation));
      }
      case RECORD_INCARNATION -> assertThat(!record.peerInSync() || facts.confirmedAll()).isTrue();
      case RECORD_PROMOTION -> promotion(situation, facts, decision);
      case ATTACH ->
          assertThat(facts.mayReattach()).as("nothing it needs can be thrown away").isTrue();
      case START_APPLIER -> assertThat(situation.survives).isTrue();
      default -> {
        // nothing that could lose a write
      }
    }
  }

  private static void promotion(Situation situation, Facts facts, Decision decision) {
    boolean forced = situation.request == Request.Kind.FORCE && situation.requestSeconds < 15;
    assertThat(facts.fenced(facts.primary)).isTrue();
    assertThat(facts.r).isPresent();
    assertThat(facts.replication().isEmpty() || facts.receiverStopped()).isTrue();
    if (!forced) {
      assertThat(facts.record.peerInSync()).isTrue();
      assertThat(facts.promiseHolds()).isTrue();
      assertThat(facts.drained()).isTrue();
    }
    PairRecord next = decision.next().orElseThrow();
    assertThat(next.epoch()).isEqualTo(facts.record.epoch() + 1);
    assertThat(next.primary()).isEqualTo(facts.replica);
    assertThat(next.peerInSync()).isFalse();
    assertThat(next.primaryIncarnation()).isEqualTo(facts.r.map(Up::incarnation));
    assertThat(next.peerIncarnation()).isEqualTo(Optional.empty());
  }

  @Test
  void theSameSituationGivesTheSameDecision() {
    RandomSituations.first(1_000)
        .forEach(situation -> assertThat(situation.decide()).isEqualTo(situation.decide()));
  }
}
