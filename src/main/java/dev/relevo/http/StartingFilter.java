package dev.relevo.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;

/**
 * Has requests wait that come when the port is open and the routes do not run yet: whoever sent
 * them took a restarted role for one that is there, and would take a 503 for its answer.
 */
final class StartingFilter extends HttpFilter {
  private static final long serialVersionUID = 1;
  private static final long PAUSE = 20;

  private final transient CamelContext camel;
  private final transient Gate gate;
  private final String management;
  private final long patience;
  private final AtomicLong firstCame = new AtomicLong();
  private volatile boolean started;

  /**
   * @param management path below which the role tells about itself, at any time
   * @param patience how long after the first one a request waits at most; then all go on, to be
   *     refused
   */
  StartingFilter(CamelContext camel, Gate gate, String management, Duration patience) {
    this.camel = camel;
    this.gate = gate;
    this.management = management;
    this.patience = patience.toNanos();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!started && !request.getRequestURI().startsWith(management)) {
      awaitStart();
    }
    chain.doFilter(request, response);
  }

  private void awaitStart() {
    firstCame.compareAndSet(0, System.nanoTime());
    while (!hasStarted() && System.nanoTime() - firstCame.get() < patience) {
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean hasStarted() {
    started = camel.getStatus().isStarted() && gate.closed().isEmpty();
    return started;
  }
}
