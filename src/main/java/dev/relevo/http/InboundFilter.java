package dev.relevo.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * The first to see a request: names its trace in the log, refuses a bearer token that is not the
 * service token, marks a request that came with the right one, and refuses a body that says it is
 * too large.
 */
final class InboundFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String TRUSTED = InboundFilter.class.getName() + ".trusted";

  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

  private final transient Bearer bearer;
  private final long maxBody;
  private final boolean guardWrites;
  private final String management;

  /**
   * @param token the service token; empty or null if there is none, and then no request is trusted
   * @param maxBody the largest body, in bytes
   * @param guardWrites whether what may change something needs the token
   * @param management the path below which somebody else decides on all of that
   */
  InboundFilter(String token, long maxBody, boolean guardWrites, String management) {
    this.bearer = new Bearer(token);
    this.maxBody = maxBody;
    this.guardWrites = guardWrites;
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

  private boolean mayChangeSomething(HttpServletRequest request) {
    return !READS.contains(request.getMethod()) && !isManagement(request);
  }

  /** The servlet path is normalised: nothing can be hidden behind a {@code ..} in it. */
  private boolean isManagement(HttpServletRequest request) {
    return request.getServletPath().startsWith(management);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    LogContext.begin((HttpServletRequest) request);
    try {
      guard(request, response, chain);
    } finally {
      LogContext.end();
    }
  }

  private void guard(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    boolean guarded = guardWrites && mayChangeSomething(http);
    if ((bearer.isConfigured() || guarded) && !isManagement(http)) {
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
          if (guarded) {
            Bearer.refuse(
                (HttpServletResponse) response,
                "Bearer",
                "Only services may write here: send their token as Authorization: Bearer <token>.");
            return;
          }
        }
      }
    }
    if (http.getContentLengthLong() > maxBody && !isManagement(http)) {
      ProblemWriter.write(tooLarge(maxBody), (HttpServletResponse) response);
      return;
    }
    chain.doFilter(request, response);
  }
}
