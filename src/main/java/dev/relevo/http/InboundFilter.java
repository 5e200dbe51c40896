package dev.relevo.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;

/**
 * The first to see a request: refuses a bearer token that is not the service token, marks a request
 * that came with the right one, and refuses a body that says it is too large.
 */
final class InboundFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String TRUSTED = InboundFilter.class.getName() + ".trusted";
  private static final String SCHEME = "Bearer";

  private final byte[] token;
  private final long maxBody;

  /**
   * @param token the service token; empty or null if there is none, and then no request is trusted
   * @param maxBody the largest body, in bytes
   */
  InboundFilter(String token, long maxBody) {
    this.token = token == null || token.isEmpty() ? null : token.getBytes(UTF_8);
    this.maxBody = maxBody;
  }

  /** Whether the request came with the service token. */
  static boolean isTrusted(ServletRequest request) {
    return request.getAttribute(TRUSTED) != null;
  }

  /** The answer to a body of more than {@code maxBody} bytes. */
  static Problem tooLarge(long maxBody) {
    return Problem.of(
        ProblemType.PAYLOAD_TOO_LARGE, "The body may have " + maxBody + " bytes at most.");
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    String authorization = token == null ? null : http.getHeader("Authorization");
    if (authorization != null && isBearer(authorization)) {
      // Its time depends on the length of what was presented only, not on the token.
      byte[] presented = authorization.substring(SCHEME.length()).strip().getBytes(UTF_8);
      if (!MessageDigest.isEqual(presented, token)) {
        HttpServletResponse answer = (HttpServletResponse) response;
        answer.setHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        ProblemWriter.write(
            Problem.of(ProblemType.UNAUTHORIZED, "The bearer token is not valid."), answer);
        return;
      }
      http.setAttribute(TRUSTED, Boolean.TRUE);
    }
    if (http.getContentLengthLong() > maxBody) {
      ProblemWriter.write(tooLarge(maxBody), (HttpServletResponse) response);
      return;
    }
    chain.doFilter(request, response);
  }

  private static boolean isBearer(String authorization) {
    int length = SCHEME.length();
    return authorization.regionMatches(true, 0, SCHEME, 0, length)
        && (authorization.length() == length || authorization.charAt(length) == ' ');
  }
}
