package dev.relevo.saga;

/** A saga's time was over before its steps were done, so it is or was compensated. */
public class SagaTimedOutException extends SagaEndedException {
  private static final long serialVersionUID = 1L;
  private final String sagaId;

  SagaTimedOutException(String sagaId) {
    super("The deadline of saga " + sagaId + " has passed");
    this.sagaId = sagaId;
  }

  /** The saga; never null. */
  public String sagaId() {
    return sagaId;
  }
}
