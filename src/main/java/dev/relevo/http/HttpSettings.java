package dev.relevo.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What a role does with HTTP.
 *
 * @param contract where the role's OpenAPI document is, such as {@code
 *     classpath:apps/inventory/openapi.yaml}
 * @param maxBody the largest body of a request that is read; a larger one is answered with 413;
 *     from 1 byte to 16 MB, which is as much as the server reads of a body that it refuses
 * @param retryAfter when a client should try again after a 503; at least 1 s
 * @param readPatience how long after it came a request that reads is tried again while a part that
 *     is needed is away; up to 6 s, for the edge asks the twin after 8 s
 * @param readPause between two such tries, ms; from 1 to 5000
 * @param startPatience how long requests wait that come when the port is open and the routes don't
 *     run yet, from the first one on; up to 15 s
 * @param drain how long the role goes on taking requests after it was told to stop and says that it
 *     is not ready; up to 1 min
 * @param guardWrites whether only whoever shows the trusted token may send anything but GET, HEAD
 *     and OPTIONS
 */
@Validated
@ConfigurationProperties("relevo.http")
public record HttpSettings(
    @NotBlank String contract,
    @NotNull @DefaultValue("64KB") DataSize maxBody,
    @NotNull @DurationMin(seconds = 1) @DefaultValue("1s") Duration retryAfter,
    @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 6) @DefaultValue("5s")
        Duration readPatience,
    @Min(1) @Max(5000) @DefaultValue("250") long readPause,
    @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 15) @DefaultValue("0s")
        Duration startPatience,
    @NotNull @DurationMin(millis = 0) @DurationMax(minutes = 1) @DefaultValue("0s") Duration drain,
    @DefaultValue("false") boolean guardWrites) {
  private static final DataSize LARGEST_BODY = DataSize.ofMegabytes(16);

  /**
   * @throws IllegalArgumentException if {@code maxBody} is out of its bounds
   */
  public HttpSettings {
    if (maxBody != null && (maxBody.toBytes() < 1 || maxBody.compareTo(LARGEST_BODY) > 0)) {
      throw new IllegalArgumentException("relevo.http.max-body must be from 1B to 16MB");
    }
  }
}
