package dev.relevo.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;

/**
 * A bearer token (RFC 6750) that requests are held against.
 *
 * @param token what is expected; null or empty if there is none, and then none is right
 */
record Bearer(String token) {
  private static final String SCHEME = "Bearer";

  /** What the request's bearer token is. */
  enum Verdict {
    ABSENT,
    WRONG,
    RIGHT
  }

  boolean isConfigured() {
    return token != null && !token.isEmpty();
  }

  Verdict judge(HttpServletRequest request) {
    String authorization = request.getHeader("Authorization");
    if (authorization == null || !isBearer(authorization)) {
      return Verdict.ABSENT;
    }
    // Its time depends on the length of what was presented only, not on the token.
    byte[] presented = authorization.substring(SCHEME.length()).strip().getBytes(UTF_8);
    return isConfigured() && MessageDigest.isEqual(presented, token.getBytes(UTF_8))
        ? Verdict.RIGHT
        : Verdict.WRONG;
  }

  /** Answers 401. */
  static void refuse(HttpServletResponse response, String challenge, String detail)
      throws IOException {
    response.setHeader("WWW-Authenticate", challenge);
    ProblemWriter.write(Problem.of(ProblemType.UNAUTHORIZED, detail), response);
  }

  @Override
  public String toString() {
    return "Bearer[" + (isConfigured() ? "configured" : "none") + "]";
  }

  private static boolean isBearer(String authorization) {
    int length = SCHEME.length();
    return authorization.regionMatches(true, 0, SCHEME, 0, length)
        && (authorization.length() == length || authorization.charAt(length) == ' ');
  }
}
