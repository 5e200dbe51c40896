package dev.relevo.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Lets through who shows an API key as a bearer token (RFC 6750), and says whose it is: each
 * owner's idempotency keys are its own, whichever of its API keys it shows. Operators are let
 * through with their token, for the console's form.
 */
public final class ApiKeyFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private final transient ApiKeys keys;
  private final transient Bearer operators;

  /**
   * @param file a line for each key: its owner's name and its SHA-256
   * @param operatorToken the operators' token; null or empty if there is none
   * @throws IllegalStateException if the file can't be read or makes no sense
   */
  public ApiKeyFilter(Path file, String operatorToken) {
    this.keys = new ApiKeys(file);
    this.operators = new Bearer(operatorToken);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    Optional<String> presented = Bearer.presented(http);
    if (presented.isEmpty()) {
      Bearer.refuse(
          (HttpServletResponse) response,
          "Bearer",
          "This needs an API key: send it as Authorization: Bearer <key>.");
      return;
    }
    Optional<String> owner =
        operators.judge(http) == Bearer.Verdict.RIGHT
            ? Optional.of("operator:")
            : keys.ownerOf(presented.get()).map(name -> "key:" + name);
    if (owner.isEmpty()) {
      Bearer.refuse(
          (HttpServletResponse) response,
          "Bearer error=\"invalid_token\"",
          "The API key is not valid.");
      return;
    }
    Caller.isKnown(http, owner.get());
    chain.doFilter(request, response);
  }
}
