package dev.relevo.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * A bearer token (RFC 6750) that requests are held against.
 *
 * @param token what is expected; null or empty if there is none, and then none is right
 */
record Bearer(String token) {
  private static final String SCHEME = "Bearer";
  private static final String PASSWORD_SCHEME = "Basic";

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
    if (authorization == null || !is(SCHEME, authorization)) {
      return Verdict.ABSENT;
    }
    return compare(authorization.substring(SCHEME.length()).strip().getBytes(UTF_8));
  }

  /** As {@link #judge}, and takes the password of basic authentication (RFC 7617) for a token. */
  Verdict judgePasswordToo(HttpServletRequest request) {
    String authorization = request.getHeader("Authorization");
    if (authorization == null || !is(PASSWORD_SCHEME, authorization)) {
      return judge(request);
    }
    try {
      String encoded = authorization.substring(PASSWORD_SCHEME.length()).strip();
      String user = new String(Base64.getDecoder().decode(encoded), UTF_8);
      return compare(user.substring(user.indexOf(':') + 1).getBytes(UTF_8));
    } catch (IllegalArgumentException e) {
      return Verdict.WRONG;
    }
  }

  /** Its time depends on the length of what was presented only, not on the token. */
  private Verdict compare(byte[] presented) {
    return isConfigured() && MessageDigest.isEqual(presented, token.getBytes(UTF_8))
        ? Verdict.RIGHT
        : Verdict.WRONG;
  }

  /** Answers 401; a challenge that the response has already stays. */
  static void refuse(HttpServletResponse response, String challenge, String detail)
      throws IOException {
    response.addHeader("WWW-Authenticate", challenge);
    ProblemWriter.write(Problem.of(ProblemType.UNAUTHORIZED, detail), response);
  }

  @Override
  public String toString() {
    return "Bearer[" + (isConfigured() ? "configured" : "none") + "]";
  }

  private static boolean is(String scheme, String authorization) {
    int length = scheme.length();
    return authorization.regionMatches(true, 0, scheme, 0, length)
        && (authorization.length() == length || authorization.charAt(length) == ' ');
  }
}
