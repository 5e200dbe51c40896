/**
 * Keeps a pair of database nodes serving without losing an acknowledged write.
 *
 * <p>Each tick reads the world anew ({@link dev.relevo.failover.Engine#probe}, {@link
 * dev.relevo.failover.Router#state}), puts it into a snapshot, lets one pure function decide over
 * an ordered rule table, and takes at most one idempotent action. The only thing remembered between
 * two lives of the watchdog is the {@link dev.relevo.failover.PairRecord}. The decision knows no
 * SQL, socket or clock, and there is one for all engines; what differs between them is declared in
 * {@link dev.relevo.failover.EngineTraits}.
 */
package dev.relevo.failover;
