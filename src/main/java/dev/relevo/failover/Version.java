package dev.relevo.failover;

import java.util.Optional;

/**
 * The record at one moment.
 *
 * @param record the record; empty if there has never been one
 * @param number grows with whatever makes an earlier decision void
 */
public record Version(Optional<PairRecord> record, long number) {}
