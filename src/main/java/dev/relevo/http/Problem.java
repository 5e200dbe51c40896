package dev.relevo.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The body of an answer that says no, as RFC 9457 has it.
 *
 * @param type a URI that identifies the kind of problem
 * @param title one sentence about the kind
 * @param status the HTTP status code
 * @param detail one sentence about this occurrence, safe to show to anyone; null if the title says
 *     it all
 * @param instance a URI of this occurrence, null if it has none
 * @param retryAfter how long the client should wait before it tries again, null if trying again is
 *     of no use
 * @param extensions further members, in their order; never null
 */
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    String instance,
    Duration retryAfter,
    Map<String, Object> extensions) {

  /** The media type of {@link #toJson()}. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final JsonMapper JSON = new JsonMapper();

  public Problem {
    Objects.requireNonNull(type, "type");
    extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
  }

  /** A problem of that type; {@code detail} may be null. */
  public static Problem of(ProblemType type, String detail) {
    return new Problem(type.uri(), type.title(), type.status(), detail, null, null, Map.of());
  }

  /** Fields that are not what the contract asks for: which, and why. */
  public static Problem invalid(List<FieldError> errors) {
    StringBuilder detail = new StringBuilder();
    for (FieldError error : errors) {
      detail
          .append(detail.isEmpty() ? "" : "; ")
          .append(error.field())
          .append(": ")
          .append(error.reason());
    }
    return of(ProblemType.INVALID_FIELD, detail.append('.').toString())
        .with("errors", List.copyOf(errors));
  }

  /** The same with one member more. */
  public Problem with(String member, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(extensions);
    more.put(member, value);
    return new Problem(type, title, status, detail, instance, retryAfter, more);
  }

  /** The same with a time after which to try again. */
  public Problem retryAfter(Duration time) {
    return new Problem(type, title, status, detail, instance, time, extensions);
  }

  /** The same with the URI of this occurrence. */
  public Problem at(String uri) {
    return new Problem(type, title, status, detail, uri, retryAfter, extensions);
  }

  /**
   * The value of the {@code Retry-After} header: whole seconds, at least 1; null if there is none.
   */
  public String retryAfterSeconds() {
    return retryAfter == null
        ? null
        : Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds()));
  }

  /** The body: UTF-8. */
  public byte[] toJson() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", type);
    members.put("title", title);
    members.put("status", status);
    if (detail != null) {
      members.put("detail", detail);
    }
    if (instance != null) {
      members.put("instance", instance);
    }
    extensions.forEach(members::putIfAbsent);
    try {
      return JSON.writeValueAsBytes(members);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "A member of the problem " + type + " can't be written as JSON", e);
    }
  }
}
