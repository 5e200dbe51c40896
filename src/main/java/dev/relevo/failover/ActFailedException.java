package dev.relevo.failover;

/** An act on a node or on the router did not come about, or nobody knows whether it did. */
public class ActFailedException extends RuntimeException {
  /**
   * @param message a short clause for an operator
   * @param cause may be null
   */
  public ActFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
