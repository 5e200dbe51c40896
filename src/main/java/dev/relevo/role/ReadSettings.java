package dev.relevo.role;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * How a client that reads rides through a failover of the database.
 *
 * @param patience how long after it came a request is tried again; from 0 to 20 s, for the edge
 *     gives an answer up after 25 s
 * @param pause between two tries, ms; from 1 to 5000
 */
@Validated
@ConfigurationProperties("relevo.read")
record ReadSettings(
    @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 20) Duration patience,
    @Min(1) @Max(5000) long pause) {}
