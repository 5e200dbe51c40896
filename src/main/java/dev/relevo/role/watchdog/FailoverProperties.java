package dev.relevo.role.watchdog;

import dev.relevo.failover.FailoverTimes;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long a watchdog waits before it believes something; see {@link FailoverTimes}.
 *
 * @param deadProbes so many failed probes in a row, while the replica has lost the primary too,
 *     mean that it is dead
 * @param deadAfter so long without an answer means that the primary is dead, unless its replica
 *     still receives writes
 * @param stalledAfter a heartbeat write that takes so long, though the replica confirms, means that
 *     the primary is as good as dead
 * @param replicaLostAfter so long a commit waits for a replica that isn't connected
 * @param notAckingAfter so long a commit waits for a replica that is connected
 * @param joinWithin so long a replica may hold up commits while it joins
 * @param joinRetry so long after one attempt to join comes the next
 * @param returnWithin so long a restarted primary waits for its replica to confirm what it has
 * @param cooldown so long after one failover no other comes by itself
 * @param startGrace so long after the watchdog's start a primary that it hasn't seen, and that
 *     isn't routed, is waited for, unless its peer has stayed up
 * @param requestWithin so long an operator's request is tried
 * @param leavingWithin so long a node that said it would stop is taken at its word
 */
@Validated
@ConfigurationProperties("relevo.failover")
record FailoverProperties(
    @DefaultValue("3") @Min(1) @Max(100) int deadProbes,
    @DefaultValue("5s") @NotNull @DurationMin(millis = 500) @DurationMax(minutes = 5)
        Duration deadAfter,
    @DefaultValue("5s") @NotNull @DurationMin(millis = 500) @DurationMax(minutes = 5)
        Duration stalledAfter,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 500) @DurationMax(minutes = 1)
        Duration replicaLostAfter,
    @DefaultValue("2s") @NotNull @DurationMin(millis = 500) @DurationMax(minutes = 1)
        Duration notAckingAfter,
    @DefaultValue("2s") @NotNull @DurationMin(millis = 500) @DurationMax(minutes = 1)
        Duration joinWithin,
    @DefaultValue("10s") @NotNull @DurationMin(millis = 0) @DurationMax(hours = 1)
        Duration joinRetry,
    @DefaultValue("5s") @NotNull @DurationMin(millis = 0) @DurationMax(minutes = 5)
        Duration returnWithin,
    @DefaultValue("10s") @NotNull @DurationMin(millis = 0) @DurationMax(hours = 1)
        Duration cooldown,
    @DefaultValue("30s") @NotNull @DurationMin(millis = 0) @DurationMax(hours = 1)
        Duration startGrace,
    @DefaultValue("15s") @NotNull @DurationMin(seconds = 1) @DurationMax(minutes = 5)
        Duration requestWithin,
    @DefaultValue("60s") @NotNull @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration leavingWithin) {

  FailoverTimes times() {
    return new FailoverTimes(
        deadProbes,
        deadAfter,
        stalledAfter,
        replicaLostAfter,
        notAckingAfter,
        joinWithin,
        joinRetry,
        returnWithin,
        cooldown,
        startGrace,
        requestWithin,
        leavingWithin);
  }
}
