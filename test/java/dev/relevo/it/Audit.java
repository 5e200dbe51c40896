package dev.relevo.it;

import dev.relevo.launcher.engine.DatabaseAccess;
import java.util.List;

/** What clients were told, whoever they are, and whether it is true of the databases. */
public final class Audit {
  private final Ledger ledger = new Ledger();
  private final Databases databases;

  public Audit(
      DatabaseAccess inventory,
      DatabaseAccess orders,
      DatabaseAccess reports,
      DatabaseAccess saga) {
    this.databases = new Databases(inventory, orders, reports, saga);
  }

  /**
   * Enters an order and its answer; thread-safe.
   *
   * @param status 0 if there was no answer
   * @param body the answer's body; why there is none if there is none
   */
  public void answered(String key, int product, int qty, int status, String body) {
    ledger.add(new Ledger.Entry(key, product, qty, status, body));
  }

  /**
   * Waits until no saga is open; then what isn't true. Each is a sentence that begins with the
   * number of its invariant.
   */
  public List<String> violations() {
    Invariants.awaitQuiet(databases);
    return Invariants.violations(databases, ledger);
  }
}
