package dev.relevo.barrier;

import jakarta.validation.constraints.AssertTrue;
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
 * Settings of the barrier.
 *
 * @param enabled whether repeated and late calls are recognised; default true. False makes a saga
 *     take effect twice or not be undone, for the test that has to notice it
 * @param retention how long the outcome of a call is kept; default and minimum 7 days, for it has
 *     to outlive its saga
 * @param purgeBatch how many outdated outcomes one transaction deletes, 1 to 10000; default 500
 * @param purgePeriod how often outdated outcomes are deleted; default 10 minutes
 */
@Validated
@ConfigurationProperties("relevo.barrier")
public record BarrierSettings(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("7d") @NotNull Duration retention,
    @DefaultValue("500") @Min(1) @Max(10_000) int purgeBatch,
    @DefaultValue("10m") @NotNull @DurationMin(millis = 1) @DurationMax(days = 1)
        Duration purgePeriod) {

  static final Duration MINIMUM_RETENTION = Duration.ofDays(7);

  /** Whether outcomes outlive their sagas. */
  @AssertTrue(message = "relevo.barrier.retention must be 7 days or more")
  public boolean isRetentionLongEnough() {
    return retention.compareTo(MINIMUM_RETENTION) >= 0;
  }
}
