package dev.relevo.http;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What a role does with HTTP.
 *
 * @param contract where the role's OpenAPI document is, such as {@code
 *     classpath:apps/inventory/openapi.yaml}
 * @param maxBody the largest body of a request that is read; a larger one is answered with 413
 * @param retryAfter when a client should try again after a 503; whole seconds, at least 1
 */
@Validated
@ConfigurationProperties("relevo.http")
public record HttpSettings(
    @NotBlank String contract,
    @NotNull @DefaultValue("64KB") DataSize maxBody,
    @NotNull @DefaultValue("1s") Duration retryAfter) {}
