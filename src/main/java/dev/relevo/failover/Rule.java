package dev.relevo.failover;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One row of the rule table.
 *
 * @param id the name that events carry, kebab-case
 * @param in the states in which it applies
 * @param when the condition in words, for the table's dump; empty if the states are all of it
 * @param condition the condition
 * @param action what to do
 * @param onReplica whether it is done to, or about, the replica instead of the primary
 * @param leadsTo the state that it leads to, empty if it stays
 * @param sentence the decision in words, with {@code {primary}}, {@code {replica}} and {@code
 *     {diagnosis}}
 */
record Rule(
    String id,
    Set<PairState> in,
    String when,
    Predicate<Facts> condition,
    Action action,
    boolean onReplica,
    Optional<PairState> leadsTo,
    String sentence) {

  boolean matches(Facts facts, PairState state) {
    return in.contains(state) && condition.test(facts);
  }

  Decision decide(Facts facts, PairState state) {
    Diagnosis diagnosis = facts.diagnosis();
    String said =
        sentence
            .replace("{primary}", facts.primary.id())
            .replace("{replica}", facts.replica.id())
            .replace("{diagnosis}", diagnosis.clause());
    NodeId target = onReplica ? facts.replica : facts.primary;
    return new Decision(id, state, diagnosis, action, target, said, next(facts));
  }

  private Optional<PairRecord> next(Facts facts) {
    PairRecord record = facts.record;
    return switch (action) {
      case RECORD_IN_SYNC -> Optional.of(record.inSync(facts.r.orElseThrow().incarnation()));
      case RECORD_NOT_IN_SYNC -> Optional.of(record.notInSync());
      case RECORD_INCARNATION -> Optional.of(record.opened(facts.p.orElseThrow().incarnation()));
      case RECORD_PROMOTION ->
          Optional.of(
              record.promoted(facts.r.orElseThrow().incarnation(), facts.snapshot.nowMillis()));
      case RECORD_REPROVISION -> Optional.of(record.reprovisioning());
      case RECORD_PROVISIONED -> Optional.of(record.provisioned());
      default -> Optional.empty();
    };
  }
}
