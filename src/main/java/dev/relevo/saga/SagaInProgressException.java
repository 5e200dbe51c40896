package dev.relevo.saga;

/** Another request with the same key was still running when this one's deadline came. */
public class SagaInProgressException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String sagaId;

  SagaInProgressException(String sagaId) {
    super("Saga " + sagaId + " is still running");
    this.sagaId = sagaId;
  }

  /** The saga that is running; never null. */
  public String sagaId() {
    return sagaId;
  }
}
