package dev.relevo.failover;

import java.util.List;

/** The decision: what one tick does, as a function of what it has found and what is on record. */
public final class FailoverDecision {
  private final List<Rule> rules;

  /** A decision by the rules. */
  public FailoverDecision() {
    this(RuleTable.RULES);
  }

  /**
   * @param rules the rules in their order, of which one must match whatever is asked
   */
  FailoverDecision(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** The first rule that matches, made concrete; the same for the same arguments. */
  public Decision decide(Snapshot snapshot, PairRecord record) {
    Facts facts = new Facts(snapshot, record);
    PairState state = facts.state();
    for (Rule rule : rules) {
      if (rule.matches(facts, state)) {
        return rule.decide(facts, state);
      }
    }
    throw new IllegalStateException("No rule for " + state + " and " + facts.diagnosis());
  }
}
