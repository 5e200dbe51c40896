package dev.relevo.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The first to see a request: refuses a bearer token that is not the service token, marks a request
 * that came with the right one, and refuses a body that says it is too large.
 */
final class InboundFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String TRUSTED = InboundFilter.class.getName() + ".trusted";

  private final transient Bearer bearer;
  private final long maxBody;
  private final String management;

  /**
   * @param token the service token; empty or null if there is none, and then no request is trusted
   * @param maxBody the largest body, in bytes
   * @param management below which path there are bodies of other sizes, for operators only
   */
  InboundFilter(String token, long maxBody, String management) {
    this.bearer = new Bearer(token);
    this.maxBody = maxBody;
    this.management = management + "/";
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
    if (bearer.isConfigured()) {
      switch (bearer.judge(http)) {
        case RIGHT -> http.setAttribute(TRUSTED, Boolean.TRUE);
        case WRONG -> {
          Bearer.refuse(
              (HttpServletResponse) response,
              "Bearer error=\"invalid_token\"",
              "The bearer token is not valid.");
          return;
        }
        case ABSENT -> {
          // Nothing is claimed, so nothing is trusted.
        }
      }
    }
    if (http.getContentLengthLong() > maxBody && !http.getServletPath().startsWith(management)) {
      ProblemWriter.write(tooLarge(maxBody), (HttpServletResponse) response);
      return;
    }
    chain.doFilter(request, response);
  }
}
