package dev.relevo.failover;

import java.util.Optional;

/** Where the record is kept: outside of the databases, on disk. */
public interface RecordStore {
  /**
   * The record, empty if there has never been one.
   *
   * @throws RecordException if there is one and it can't be read, or doesn't make sense
   */
  Optional<PairRecord> load();

  /**
   * Replaces the record; when it returns, the new one is what any later {@link #load} gives,
   * whatever crashes.
   *
   * @throws RecordException if that isn't known to be so: the old or the new one is there
   */
  void write(PairRecord record);
}
