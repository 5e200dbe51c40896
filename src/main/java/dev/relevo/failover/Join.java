package dev.relevo.failover;

import java.time.Duration;

/**
 * An attempt to make the replica required, since the first probe that saw the primary wait for it.
 * It ends when either server restarts: what an earlier incarnation of the replica has confirmed
 * says nothing about this one.
 *
 * @param mark the primary's end of log at that probe; every later commit waits for the replica
 * @param primaryIncarnation the primary's incarnation then
 * @param replicaIncarnation the replica's incarnation then
 * @param since how long ago that was
 */
public record Join(
    Position mark, String primaryIncarnation, String replicaIncarnation, Duration since) {}
