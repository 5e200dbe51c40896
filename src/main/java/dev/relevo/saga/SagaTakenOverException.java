package dev.relevo.saga;

/** The saga is no longer this process's to write: it was taken over, or it has ended. */
public class SagaTakenOverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SagaTakenOverException(String message, Throwable cause) {
    super(message, cause);
  }
}
