package dev.relevo.failover;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The record in force, and a version of it. Whoever decides something says which version the
 * decision is based on, so that it never overwrites, or acts against, what a node or an operator
 * has said meanwhile.
 */
final class RecordKeeper {
  private final RecordStore store;
  private PairRecord record;
  private boolean known;
  private long version;

  RecordKeeper(RecordStore store) {
    this.store = store;
  }

  /**
   * The record in force.
   *
   * @throws RecordException if it can't be read; the next call tries again
   */
  synchronized Version current() {
    if (!known) {
      record = store.load().orElse(null);
      known = true;
    }
    return new Version(Optional.ofNullable(record), version);
  }

  /**
   * Writes {@code next} if the version is still in force.
   *
   * @return whether it was
   * @throws RecordException if it isn't known to be written
   */
  synchronized boolean replace(Version expected, PairRecord next) {
    if (expected.number() != version) {
      return false;
    }
    known = false;
    version++;
    store.write(next);
    record = next;
    known = true;
    return true;
  }

  /** Runs something while nobody else can; what was decided before it is void. */
  synchronized <T> T interrupt(Supplier<T> act) {
    version++;
    return act.get();
  }

  /**
   * Runs an act while nobody else can, if the version is still in force.
   *
   * @return whether it was
   */
  synchronized boolean act(Version expected, Runnable act) {
    if (expected.number() != version) {
      return false;
    }
    act.run();
    return true;
  }
}
