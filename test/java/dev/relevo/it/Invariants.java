package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/** How a test ends: once nothing runs any more, everything has to be true. */
final class Invariants {
  private Invariants() {}

  /** Waits until no saga is open, then lets the checker judge. */
  static void assertHold(Databases databases, Ledger ledger) {
    awaitQuiet(databases);
    assertThat(violations(databases, ledger)).isEmpty();
  }

  static void awaitQuiet(Databases databases) {
    await("no saga is open")
        .atMost(Duration.ofSeconds(180))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> openSagas(databases).isEmpty());
  }

  static List<String> violations(Databases databases, Ledger ledger) {
    return InvariantChecker.violations(Books.read(databases), ledger);
  }

  private static List<String> openSagas(Databases databases) {
    return Databases.query(
        databases.saga(),
        row -> row.getString(1),
        "SELECT id FROM saga WHERE state NOT IN ('COMPLETED', 'COMPENSATED')");
  }
}
