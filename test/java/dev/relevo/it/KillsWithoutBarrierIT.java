package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.KillPlan.Kind;
import dev.relevo.it.KillPlan.Strike;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The proof that the kills prove something: without inventory's barrier, the one that takes over
 * from a process that was killed after a compensation's answer releases the same stock again, and
 * the checker finds it.
 */
class KillsWithoutBarrierIT {

  @Test
  void whatIsReleasedTwiceIsFound() {
    Strike strike = new Strike(0, "after-call:take-stock/compensation", 1, 0, true);
    try (KillCell cell = new KillCell(Map.of("relevo.barrier.enabled", false))) {
      KillRound round = cell.run(new KillPlan(1, 0, Kind.ONE, List.of(strike)));

      assertThat(round.kills()).extracting(KillRound.Kill::at).containsExactly(strike.point());
      assertThat(round.violations())
          .anyMatch(violation -> violation.startsWith("1: product 1 got"))
          .anyMatch(violation -> violation.startsWith("2: saga"));
    }
  }
}
