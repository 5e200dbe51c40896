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

/** Lets only operators through: requests with the operators' bearer token. */
public final class OperatorFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private final transient Bearer bearer;
  private final transient Set<String> open;

  /**
   * @param token the operators' token; null or empty if there is none, and then nobody is let
   *     through
   */
  public OperatorFilter(String token) {
    this(token, Set.of());
  }

  /**
   * @param open the paths, decoded and normalised, that anybody may ask for
   */
  OperatorFilter(String token, Set<String> open) {
    this.bearer = new Bearer(token);
    this.open = Set.copyOf(open);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (open.contains(((HttpServletRequest) request).getServletPath())) {
      chain.doFilter(request, response);
      return;
    }
    switch (bearer.judge((HttpServletRequest) request)) {
      case RIGHT -> chain.doFilter(request, response);
      case WRONG ->
          Bearer.refuse(
              (HttpServletResponse) response,
              "Bearer error=\"invalid_token\"",
              "The bearer token is not the operators'.");
      case ABSENT ->
          Bearer.refuse(
              (HttpServletResponse) response,
              "Bearer",
              "This is for operators: send their token as Authorization: Bearer <token>.");
    }
  }
}
