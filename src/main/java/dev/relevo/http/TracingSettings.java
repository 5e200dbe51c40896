package dev.relevo.http;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Whether and where a role sends traces.
 *
 * @param enabled whether spans are made at all
 * @param endpoint where they are sent, by OTLP over HTTP
 * @param probability which share of the requests is recorded, unless who sent a request has decided
 *     that it is
 */
@Validated
@ConfigurationProperties("relevo.tracing")
record TracingSettings(
    boolean enabled, @NotNull URI endpoint, @DecimalMin("0") @DecimalMax("1") double probability) {}
