package dev.relevo.failover;

import java.util.Optional;

/**
 * What one tick decides.
 *
 * @param rule the id of the rule that decided
 * @param state where the pair is
 * @param diagnosis what is the matter with it
 * @param action what to do
 * @param target the node to do it to; where the action is about the record, the node it is about
 * @param sentence the decision in one sentence, for an operator
 * @param next the record to write, exactly if {@link Action#isRecord}
 */
public record Decision(
    String rule,
    PairState state,
    Diagnosis diagnosis,
    Action action,
    NodeId target,
    String sentence,
    Optional<PairRecord> next) {
  public Decision {
    if (action.isRecord() != next.isPresent()) {
      throw new IllegalArgumentException(action + " and a record to write: " + next);
    }
  }
}
