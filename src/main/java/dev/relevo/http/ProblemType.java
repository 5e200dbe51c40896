package dev.relevo.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kinds of problem that a client can meet. Their URIs are part of the contract: clients compare
 * them, so none is ever renamed.
 */
public enum ProblemType {
  BAD_REQUEST(400, "The request can't be read"),
  MALFORMED_JSON(400, "The body is not JSON"),
  UNAUTHORIZED(401, "The credential is not valid"),
  FORBIDDEN(403, "Not allowed"),
  NO_SUCH_RESOURCE(404, "There is no such resource"),
  NOT_FOUND(404, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, "The resource doesn't have this method"),
  NOT_ACCEPTABLE(406, "The resource doesn't have this representation"),
  CONFLICT(409, "The state of the thing forbids it"),
  NOT_ENOUGH_STOCK(409, "Not enough stock"),
  ILLEGAL_STATUS_CHANGE(409, "The status can't change that way"),
  SAGA_CANCELLED(409, "The saga was cancelled"),
  IDEMPOTENCY_IN_PROGRESS(409, "The first request with this key is still running"),
  PAYLOAD_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The URI is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body has a type that is not understood"),
  INVALID_FIELD(422, "A field is not valid"),
  IDEMPOTENCY_KEY_REUSED(422, "The key was used with another request"),
  HEADERS_TOO_LARGE(431, "The headers are too large"),
  INTERNAL_ERROR(500, "Something went wrong here"),
  UNAVAILABLE(503, "No answer could be reached in time");

  private static final Map<String, ProblemType> BY_ID =
      Stream.of(values()).collect(Collectors.toMap(ProblemType::id, Function.identity()));

  private final int status;
  private final String title;
  private final String id;
  private final String uri;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
    this.id = name().toLowerCase(Locale.ROOT).replace('_', '-');
    this.uri = "urn:relevo:problem:" + id;
  }

  /** The HTTP status code that comes with it. */
  public int status() {
    return status;
  }

  /** One short sentence, the same for every occurrence. */
  public String title() {
    return title;
  }

  /** The last part of the URI, such as {@code not-enough-stock}. */
  public String id() {
    return id;
  }

  /** The URI that identifies it, such as {@code urn:relevo:problem:not-enough-stock}. */
  public String uri() {
    return uri;
  }

  /** The type with that {@link #id()}, empty if there is none. */
  public static Optional<ProblemType> of(String id) {
    return Optional.ofNullable(BY_ID.get(id));
  }
}
