package dev.relevo.role.middleware;

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
 * How many orders are placed at a time.
 *
 * @param atOnce how many at the most; the others wait for their turn. As many as an application has
 *     connections to its database: more would wait there, and be taken for unanswered
 * @param patience how long an order waits for its turn until it is refused with 503
 */
@Validated
@ConfigurationProperties("relevo.admission")
record AdmissionProperties(
    @DefaultValue("16") @Min(1) @Max(10_000) int atOnce,
    @DefaultValue("10s") @NotNull @DurationMin(millis = 0) @DurationMax(minutes = 1)
        Duration patience) {}
