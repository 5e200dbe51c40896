package dev.relevo.failover;

import java.time.Duration;

/**
 * A node as the watchdog has seen it lately.
 *
 * @param state what the last probe brought
 * @param silentFor how long it hasn't answered, zero if it answered the last probe; counted from
 *     the watchdog's start where it never did
 * @param failedProbes how many probes in a row it hasn't answered
 * @param seen whether it has answered since the watchdog's start
 * @param upFor how long this incarnation has been seen, zero while it is silent
 * @param receivedStillFor how long what it has received as a replica has not changed
 */
public record NodeView(
    NodeState state,
    Duration silentFor,
    int failedProbes,
    boolean seen,
    Duration upFor,
    Duration receivedStillFor) {}
