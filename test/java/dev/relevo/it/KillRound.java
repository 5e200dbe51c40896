package dev.relevo.it;

import dev.relevo.it.Takeovers.Takeover;
import java.util.List;
import java.util.Map;

/**
 * What came of one round.
 *
 * @param statuses how many requests had which answer; 0 stands for none
 * @param violations what the checker said, in words
 */
record KillRound(
    long seed,
    int round,
    KillPlan.Kind kind,
    List<Kill> kills,
    int orders,
    Map<Integer, Long> statuses,
    List<Takeover> takeovers,
    List<Long> startMillis,
    List<String> violations,
    long tookMillis) {

  /**
   * One process that was killed.
   *
   * @param slot which of the two
   * @param at the boundary; {@code random} for a kill from outside
   * @param missed whether the boundary of the plan was not reached in time, so that the kill came
   *     from outside
   */
  record Kill(int slot, String at, boolean missed) {}
}
