package dev.relevo.failover;

import java.time.Instant;
import java.util.Optional;

/**
 * A decision and what came of it.
 *
 * @param number counts this watchdog's events from 1
 * @param at when
 * @param epoch the record's epoch when it was decided; 0 without a record
 * @param decision the decision
 * @param failure why its action did not come about; empty if it did, or if there was none to take
 * @param dryRun whether the action was left out because the watchdog only shows what it would do
 */
public record Event(
    long number,
    Instant at,
    long epoch,
    Decision decision,
    Optional<String> failure,
    boolean dryRun) {}
