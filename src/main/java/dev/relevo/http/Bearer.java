package dev.relevo.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Bearer tokens (RFC 6750) that requests are held against; each of them is right. */
public final class Bearer {
  private static final String SCHEME = "Bearer";
  private static final String PASSWORD_SCHEME = "Basic";

  private final List<byte[]> tokens;

  /** What the request's bearer token is. */
  enum Verdict {
    ABSENT,
    WRONG,
    RIGHT
  }

  /**
   * @param tokens what is expected, several apart by white space, so that an old one can be taken
   *     for as long as somebody sends it; null or empty if there is none, and then none is right
   */
  Bearer(String tokens) {
    this.tokens = words(tokens).stream().map(token -> token.getBytes(UTF_8)).toList();
  }

  /**
   * The tokens of a setting: several while one changes.
   *
   * @param tokens apart by white space; null is none
   */
  public static List<String> words(String tokens) {
    return Stream.of((tokens == null ? "" : tokens).split("\\s+"))
        .filter(token -> !token.isEmpty())
        .toList();
  }

  /** Of a setting's tokens the first, which is the one to send; empty if there is none. */
  public static String current(String tokens) {
    return words(tokens).stream().findFirst().orElse("");
  }

  boolean isConfigured() {
    return !tokens.isEmpty();
  }

  Verdict judge(HttpServletRequest request) {
    return presented(request).map(token -> compare(token.getBytes(UTF_8))).orElse(Verdict.ABSENT);
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

  /** The request's bearer token, perhaps an empty one; empty if it came without one. */
  static Optional<String> presented(HttpServletRequest request) {
    String authorization = request.getHeader("Authorization");
    return authorization == null || !is(SCHEME, authorization)
        ? Optional.empty()
        : Optional.of(authorization.substring(SCHEME.length()).strip());
  }

  /** Its time depends on the length of what was presented only, not on the tokens. */
  private Verdict compare(byte[] presented) {
    boolean right = false;
    for (byte[] token : tokens) {
      right |= MessageDigest.isEqual(presented, token);
    }
    return right ? Verdict.RIGHT : Verdict.WRONG;
  }

  /** Answers 401; a challenge that the response has already stays. */
  static void refuse(HttpServletResponse response, String challenge, String detail)
      throws IOException {
    response.addHeader("WWW-Authenticate", challenge);
    ProblemWriter.write(Problem.of(ProblemType.UNAUTHORIZED, detail), response);
  }

  @Override
  public String toString() {
    return "Bearer[" + tokens.size() + " configured]";
  }

  private static boolean is(String scheme, String authorization) {
    int length = scheme.length();
    return authorization.regionMatches(true, 0, scheme, 0, length)
        && (authorization.length() == length || authorization.charAt(length) == ' ');
  }
}
