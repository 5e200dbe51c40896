package dev.relevo.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets a number of POST requests in at a time; the others wait for their turn, first come first
 * served, and are refused with 503 when it doesn't come in time.
 *
 * <p>Requests that are all let in share what there is of time, and past some number none of them
 * ends before it is given up and tried again, which makes more work still. So few at a time end
 * sooner than many, all of them.
 */
public final class AdmissionFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private final transient Semaphore turns;
  private final transient Duration patience;
  private final transient Duration retryAfter;

  /**
   * @param atOnce how many requests are let in at a time; at least 1
   * @param patience how long a request waits for its turn
   * @param retryAfter what one that is refused is asked to wait
   */
  public AdmissionFilter(int atOnce, Duration patience, Duration retryAfter) {
    this.turns = new Semaphore(atOnce, true);
    this.patience = patience;
    this.retryAfter = retryAfter;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!"POST".equals(((HttpServletRequest) request).getMethod())) {
      chain.doFilter(request, response);
    } else if (isAdmitted()) {
      try {
        chain.doFilter(request, response);
      } finally {
        turns.release();
      }
    } else {
      ProblemWriter.write(
          Problem.of(
                  ProblemType.UNAVAILABLE,
                  "There are too many requests at this moment; nothing was begun for this one.")
              .retryAfter(retryAfter),
          (HttpServletResponse) response);
    }
  }

  private boolean isAdmitted() {
    try {
      return turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // The server stops; the client may ask another one.
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
