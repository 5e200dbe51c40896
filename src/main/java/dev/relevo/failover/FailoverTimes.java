package dev.relevo.failover;

import java.time.Duration;

/**
 * How long the decision waits before it believes something.
 *
 * @param deadProbes so many probes in a row without an answer, while the replica has lost the
 *     primary too, mean that it is dead
 * @param deadAfter so long without an answer means that it is dead, whatever the replica says,
 *     unless that still receives writes
 * @param stalledAfter a heartbeat write that takes so long, though the replica confirms, means that
 *     the primary is as good as dead
 * @param replicaLostAfter so long a commit waits for a replica that isn't connected
 * @param notAckingAfter so long a commit waits for a replica that is connected
 * @param joinWithin so long a replica may hold up commits while it joins
 * @param joinRetry so long after an attempt to join the next one comes
 * @param returnWithin so long a restarted primary waits for its replica to confirm what it has
 * @param cooldown so long after one failover no other comes by itself
 * @param startGrace so long after the watchdog's own start a primary that it hasn't seen and that
 *     isn't routed is waited for, unless the peer has stayed up
 * @param requestWithin so long an operator's request is tried
 * @param leavingWithin so long a node that said it would stop is taken at its word
 */
public record FailoverTimes(
    int deadProbes,
    Duration deadAfter,
    Duration stalledAfter,
    Duration replicaLostAfter,
    Duration notAckingAfter,
    Duration joinWithin,
    Duration joinRetry,
    Duration returnWithin,
    Duration cooldown,
    Duration startGrace,
    Duration requestWithin,
    Duration leavingWithin) {

  /** The values a watchdog has unless it is told otherwise. */
  public static FailoverTimes defaults() {
    return new FailoverTimes(
        3,
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(15),
        Duration.ofSeconds(60));
  }
}
