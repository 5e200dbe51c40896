package dev.relevo.failover;

/**
 * What the decision must know about an engine; nothing else about it is known there.
 *
 * @param name {@code mariadb}, {@code postgresql} or {@code mysql}
 * @param receivedLogSurvivesRestart whether what a replica has confirmed is still there, and will
 *     be applied, after the replica's server was killed and started again without its primary. True
 *     for PostgreSQL, and for MySQL with {@code relay_log_recovery=OFF} and {@code
 *     sync_relay_log=1}; false for MariaDB, which discards its relay log in GTID mode. Where false,
 *     only a replica that stayed up since it was recorded as in sync is promoted.
 * @param lagUnit what {@link Position#behind} counts: {@code transactions} or {@code bytes}
 * @param smallLag up to this lag, in that unit, a replica is close enough to be required
 */
public record EngineTraits(
    String name, boolean receivedLogSurvivesRestart, String lagUnit, long smallLag) {}
