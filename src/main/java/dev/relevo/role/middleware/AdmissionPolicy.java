package dev.relevo.role.middleware;

import dev.relevo.http.Problem;
import dev.relevo.http.ProblemException;
import dev.relevo.http.ProblemType;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;

/**
 * Lets a number of exchanges into the steps below it at a time; the others wait for their turn,
 * first come first served, and are refused with 503 when it doesn't come in time.
 *
 * <p>Orders that are all let in share what there is of time, and past some number none of them ends
 * before it is given up and tried again, which makes more work still. So few at a time end sooner
 * than many, all of them.
 */
final class AdmissionPolicy implements Policy {
  private final Semaphore turns;
  private final Duration patience;
  private final Duration retryAfter;

  /**
   * @param atOnce how many are let in at a time; at least 1
   * @param patience how long one waits for its turn
   * @param retryAfter what one that is refused is asked to wait
   */
  AdmissionPolicy(int atOnce, Duration patience, Duration retryAfter) {
    this.turns = new Semaphore(atOnce, true);
    this.patience = patience;
    this.retryAfter = retryAfter;
  }

  @Override
  public void beforeWrap(Route route, NamedNode definition) {
    // Nothing to prepare.
  }

  @Override
  public Processor wrap(Route route, Processor steps) {
    return exchange -> {
      if (!isAdmitted()) {
        throw new ProblemException(
            Problem.of(
                    ProblemType.UNAVAILABLE,
                    "There are too many orders at this moment; nothing was begun for this one.")
                .retryAfter(retryAfter));
      }
      try {
        steps.process(exchange);
      } finally {
        turns.release();
      }
    };
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
