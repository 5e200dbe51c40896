package dev.relevo.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Lets only operators through: requests with the operators' token, as a bearer token (RFC 6750) or
 * as the password of any user name (RFC 7617), which is how a browser asks for it.
 */
public final class OperatorFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String BASIC = "Basic realm=\"Relevo operators\", charset=\"UTF-8\"";

  private final transient Bearer bearer;
  private final boolean pages;
  private final transient Set<String> open;
  private final transient Map<String, Bearer> others;

  private OperatorFilter(
      String token, boolean pages, Set<String> open, Map<String, Bearer> others) {
    this.bearer = new Bearer(token);
    this.pages = pages;
    this.open = open;
    this.others = others;
  }

  /**
   * In front of an API.
   *
   * @param token the operators' token; null or empty if there is none, and then nobody is let
   *     through
   */
  public static OperatorFilter api(String token) {
    return new OperatorFilter(token, false, Set.of(), Map.of());
  }

  /**
   * In front of pages: has a browser ask for the token.
   *
   * @param token as for {@link #api}
   * @param open the paths, decoded and normalised, that anybody may ask for
   * @param others a token of its own for a path, which opens nothing else
   */
  static OperatorFilter pages(String token, Set<String> open, Map<String, Bearer> others) {
    return new OperatorFilter(token, true, Set.copyOf(open), Map.copyOf(others));
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    if (open.contains(http.getServletPath())) {
      chain.doFilter(request, response);
      return;
    }
    Bearer other = others.get(http.getServletPath());
    if (other != null && other.judge(http) == Bearer.Verdict.RIGHT) {
      chain.doFilter(request, response);
      return;
    }
    if (pages && isFromElsewhere(http)) {
      ProblemWriter.write(
          Problem.of(ProblemType.FORBIDDEN, "This is not for pages from elsewhere."),
          (HttpServletResponse) response);
      return;
    }
    switch (bearer.judgePasswordToo(http)) {
      case RIGHT -> chain.doFilter(request, response);
      case WRONG ->
          refuse(
              (HttpServletResponse) response,
              "Bearer error=\"invalid_token\"",
              "The token is not the operators'.");
      case ABSENT ->
          refuse(
              (HttpServletResponse) response,
              "Bearer",
              "This is for operators: send their token as Authorization: Bearer <token>, or as the"
                  + " password of a user.");
    }
  }

  /**
   * A browser sends the token it was given with whatever another site's page has it ask; but it
   * says where that came from.
   */
  private static boolean isFromElsewhere(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    String origin = request.getHeader("Origin");
    return "cross-site".equals(site)
        || "same-site".equals(site)
        || origin != null && !origin.endsWith("://" + request.getHeader("Host"));
  }

  private void refuse(HttpServletResponse response, String challenge, String detail)
      throws IOException {
    if (pages) {
      response.addHeader("WWW-Authenticate", BASIC);
    }
    Bearer.refuse(response, challenge, detail);
  }
}
