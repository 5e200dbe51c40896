package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.KillPlan.Kind;
import dev.relevo.role.middleware.KillPoints;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Middleware processes are killed under load, at every boundary of an order and at random, and
 * after each round everything has to be true. A seed repeats a round: {@code -Dkills.seed=...}.
 */
class KillsIT {
  private static final int CHAINS = 9;

  @Test
  void nothingIsLostOrDoubledWhateverIsKilled() {
    long seed = Long.getLong("kills.seed", ThreadLocalRandom.current().nextInt(1_000_000));
    System.out.println("kills.seed=" + seed);
    List<KillRound> rounds = new ArrayList<>();
    KillCell cell = KillCell.get();
    cell.clear();
    List<Kind> kinds = new ArrayList<>();
    kinds.addAll(Collections.nCopies(3, Kind.ONE));
    kinds.addAll(Collections.nCopies(3, Kind.BOTH));
    kinds.addAll(Collections.nCopies(CHAINS, Kind.CHAIN));
    for (Kind kind : kinds) {
      KillPlan plan = KillPlan.draw(seed, rounds.size(), kind);
      KillRound round = cell.run(plan);
      rounds.add(round);
      System.out.println(KillReport.line(round));
      assertThat(round.violations()).as("%s%n%s", plan, cell.logs()).isEmpty();
    }
    System.out.println(KillReport.markdown(rounds));
    List<String> at =
        rounds.stream().flatMap(r -> r.kills().stream()).map(KillRound.Kill::at).toList();
    assertThat(at).hasSizeGreaterThanOrEqualTo(50);
    assertThat(at).as("where they were killed").containsAll(KillPoints.all()).contains("random");
    assertThat(rounds.stream().flatMap(r -> r.takeovers().stream())).isNotEmpty();
  }
}
