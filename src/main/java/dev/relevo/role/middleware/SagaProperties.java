package dev.relevo.role.middleware;

import dev.relevo.saga.SagaSettings;
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
 * The saga service's settings.
 *
 * @param journal where sagas are written down: {@code jdbc}, or {@code memory}, which ends with the
 *     process
 * @param deadline how long an order may take until its client is answered 503
 * @param reserve how much of the deadline is kept for compensation and the answer
 * @param lease how long a process keeps its sagas without renewing; at least three renewals
 * @param renewal how often a process renews its lease
 * @param scan how often a process looks for sagas to take over
 * @param overdue how long past its deadline a running saga may be before anyone compensates it
 * @param callerGrace how long past the deadline a client waits for compensation
 * @param retryFirst the pause after a compensation's first failure; it doubles with each further
 *     one
 * @param retryMost the longest such pause
 * @param parkAfter after how many failures of one compensation its saga is parked
 * @param parkedRetry how often a parked saga is tried again
 * @param batch how many sagas are taken over at a time
 * @param keep how long a finished saga and its key are kept; from 24 h to 6 d, for the participants
 *     keep barrier rows for 7 d at least
 * @param remembered how long the participants are sure to know what they did for a saga; one that
 *     is older is not undone any more, but waits for a person. A day less than the participants
 *     keep barrier rows, for clocks that differ and calls under way
 * @param workers how many compensations run at once at the most
 * @param retryAfter what a 503 or a 409 asks the client to wait
 */
@Validated
@ConfigurationProperties("relevo.saga")
record SagaProperties(
    @DefaultValue("jdbc") @NotNull Journal journal,
    @DefaultValue("15s") @NotNull @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration deadline,
    @DefaultValue("500ms") @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 30)
        Duration reserve,
    @DefaultValue("3s") @NotNull @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration lease,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 10) @DurationMax(seconds = 30)
        Duration renewal,
    @DefaultValue("500ms") @NotNull @DurationMin(millis = 10) @DurationMax(minutes = 1)
        Duration scan,
    @DefaultValue("10s") @NotNull @DurationMin(millis = 0) @DurationMax(hours = 1) Duration overdue,
    @DefaultValue("5s") @NotNull @DurationMin(millis = 0) @DurationMax(minutes = 1)
        Duration callerGrace,
    @DefaultValue("100ms") @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 1)
        Duration retryFirst,
    @DefaultValue("5s") @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration retryMost,
    @DefaultValue("10") @Min(1) @Max(1000) int parkAfter,
    @DefaultValue("60s") @NotNull @DurationMin(millis = 100) @DurationMax(hours = 1)
        Duration parkedRetry,
    @DefaultValue("20") @Min(1) @Max(1000) int batch,
    @DefaultValue("72h") @NotNull @DurationMin(hours = 24) @DurationMax(days = 6) Duration keep,
    @DefaultValue("6d") @NotNull @DurationMin(hours = 24) @DurationMax(days = 365)
        Duration remembered,
    @DefaultValue("16") @Min(1) @Max(256) int workers,
    @DefaultValue("2s") @NotNull @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration retryAfter) {

  enum Journal {
    JDBC,
    MEMORY
  }

  SagaSettings settings() {
    return new SagaSettings(
        deadline,
        lease,
        renewal,
        scan,
        overdue,
        callerGrace,
        retryFirst,
        retryMost,
        parkAfter,
        parkedRetry,
        batch,
        keep,
        remembered,
        workers);
  }
}
