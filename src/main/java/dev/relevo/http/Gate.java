package dev.relevo.http;

import java.util.Optional;

/**
 * Whether a role lets requests in to its routes. It is open unless somebody closes it; while it is
 * closed, or the role is about to stop, the role says that it is not ready. Thread-safe.
 */
public final class Gate {
  private volatile String closed;
  private volatile boolean draining;

  /**
   * Lets no request in: each is answered with 503.
   *
   * @param reason a sentence for clients, which see it
   */
  public void close(String reason) {
    closed = reason;
  }

  /** Lets requests in. */
  public void open() {
    closed = null;
  }

  /** Why no request is let in; empty if they are. */
  public Optional<String> closed() {
    return Optional.ofNullable(closed);
  }

  /** Requests are let in still, but clients are told with each answer to go elsewhere. */
  void drain() {
    draining = true;
  }

  boolean isDraining() {
    return draining;
  }
}
