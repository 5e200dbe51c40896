package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Two requests at a time with one key, three in ten repeated: one order, one answer. */
class SameKeyIT {
  private static final int KEYS = 300;

  @Test
  void noKeyIsServedTwice() {
    KillCell cell = KillCell.get();
    cell.clear();
    long seed = ThreadLocalRandom.current().nextInt(1_000_000);

    KeyRound round = KeyRound.run(cell, seed, 0, KEYS);

    assertThat(round.violations()).as("seed %d%n%s", seed, cell.logs()).isEmpty();
    assertThat(round.requests()).isBetween(2 * KEYS, 3 * KEYS);
    assertThat(round.statuses()).isEqualTo(Map.of(200, (long) round.requests()));
    assertThat(Books.read(cell.databases()).liveOrdersBySaga()).hasSize(KEYS);
  }
}
