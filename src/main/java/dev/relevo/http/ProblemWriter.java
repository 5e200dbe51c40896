package dev.relevo.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** Writes a problem as a servlet's answer. */
final class ProblemWriter {
  private static final Map<Integer, ProblemType> BY_STATUS =
      Map.ofEntries(
          Map.entry(400, ProblemType.BAD_REQUEST),
          Map.entry(401, ProblemType.UNAUTHORIZED),
          Map.entry(403, ProblemType.FORBIDDEN),
          Map.entry(404, ProblemType.NO_SUCH_RESOURCE),
          Map.entry(405, ProblemType.METHOD_NOT_ALLOWED),
          Map.entry(406, ProblemType.NOT_ACCEPTABLE),
          Map.entry(409, ProblemType.CONFLICT),
          Map.entry(413, ProblemType.PAYLOAD_TOO_LARGE),
          Map.entry(414, ProblemType.URI_TOO_LONG),
          Map.entry(415, ProblemType.UNSUPPORTED_MEDIA_TYPE),
          Map.entry(422, ProblemType.INVALID_FIELD),
          Map.entry(431, ProblemType.HEADERS_TOO_LARGE),
          Map.entry(500, ProblemType.INTERNAL_ERROR),
          Map.entry(503, ProblemType.UNAVAILABLE));

  private ProblemWriter() {}

  /**
   * The problem for an answer of which only the status is known.
   *
   * @param request what was asked for; null if it is not known
   */
  static Problem forStatus(int status, HttpServletRequest request) {
    return forStatus(
        status,
        request == null ? null : request.getMethod(),
        request == null ? null : request.getRequestURI());
  }

  /** The same; {@code method} and {@code path} may be null. */
  static Problem forStatus(int status, String method, String path) {
    ProblemType type = BY_STATUS.get(status);
    if (type == null) {
      // What RFC 9457 has for a status that says it all.
      HttpStatus known = HttpStatus.resolve(status);
      String title = known == null ? "Status " + status : known.getReasonPhrase();
      return new Problem("about:blank", title, status, null, null, null, Map.of());
    }
    String detail =
        path == null
            ? null
            : switch (type) {
              case NO_SUCH_RESOURCE -> "There is no resource at " + path + ".";
              case METHOD_NOT_ALLOWED ->
                  "The resource at " + path + " doesn't have the method " + method + ".";
              case UNSUPPORTED_MEDIA_TYPE ->
                  "The resource at " + path + " doesn't take a body of this type.";
              default -> null;
            };
    Problem problem = Problem.of(type, detail);
    return type == ProblemType.UNAVAILABLE ? problem.retryAfter(Duration.ofSeconds(1)) : problem;
  }

  /** Replaces what the response has so far; does nothing if it has been sent already. */
  static void write(Problem problem, HttpServletResponse response) throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    byte[] body = problem.toJson();
    response.setStatus(problem.status());
    response.setContentType(Problem.MEDIA_TYPE);
    if (problem.retryAfter() != null) {
      response.setHeader("Retry-After", problem.retryAfterSeconds());
    }
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
