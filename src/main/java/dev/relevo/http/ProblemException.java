package dev.relevo.http;

import java.time.Duration;
import java.util.List;

/**
 * Says no to a request: whoever answers it answers with this problem. It is a decision and no
 * failure, so it has no stack trace.
 */
public final class ProblemException extends RuntimeException {
  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.type() + ": " + problem.detail(), null, false, false);
    this.problem = problem;
  }

  /**
   * For routes: {@code throwException: {exceptionType: dev.relevo.http.ProblemException, message:
   * "not-found: There is no product ${header.id}."}}.
   *
   * @param message a {@link ProblemType#id()}, a colon and the detail
   * @throws IllegalArgumentException if it doesn't begin with the id of a type
   */
  public ProblemException(String message) {
    this(parse(message));
  }

  /** The answer. */
  public Problem problem() {
    return problem;
  }

  /** 400: the body is no JSON; {@code detail} says where and why. */
  public static ProblemException malformed(String detail) {
    return of(ProblemType.MALFORMED_JSON, detail);
  }

  /** 404: the thing that the request is about doesn't exist. */
  public static ProblemException notFound(String detail) {
    return of(ProblemType.NOT_FOUND, detail);
  }

  /** 409 or another refusal of that type. */
  public static ProblemException of(ProblemType type, String detail) {
    return new ProblemException(Problem.of(type, detail));
  }

  /** 422: these fields are not what the contract asks for. */
  public static ProblemException invalid(List<FieldError> errors) {
    return new ProblemException(Problem.invalid(errors));
  }

  /** 503: nothing is known to have failed for good; {@code retryAfter} is when to try again. */
  public static ProblemException unavailable(String detail, Duration retryAfter) {
    return new ProblemException(Problem.of(ProblemType.UNAVAILABLE, detail).retryAfter(retryAfter));
  }

  private static Problem parse(String message) {
    int colon = message == null ? -1 : message.indexOf(':');
    ProblemType type =
        ProblemType.of(colon < 0 ? "" : message.substring(0, colon).strip())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Not the id of a problem type, a colon and a detail: " + message));
    return Problem.of(type, message.substring(colon + 1).strip());
  }
}
