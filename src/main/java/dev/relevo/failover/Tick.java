package dev.relevo.failover;

import java.util.Optional;

/**
 * What one tick has found.
 *
 * @param version the record that it goes by; empty if it can't be read
 * @param recordProblem why there is no record to go by; empty if there is one
 * @param snapshot the world; empty without a record
 */
public record Tick(Optional<Version> version, String recordProblem, Optional<Snapshot> snapshot) {

  /** The record that it goes by, where there is a snapshot. */
  public PairRecord record() {
    return version.flatMap(Version::record).orElseThrow();
  }
}
