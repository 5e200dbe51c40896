package dev.relevo.saga;

/** A saga had no outcome yet when its caller had to be answered; it goes on without him. */
public class SagaUnfinishedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String sagaId;
  private final SagaState state;

  SagaUnfinishedException(String sagaId, SagaState state, Throwable cause) {
    super("Saga " + sagaId + " is " + state, cause);
    this.sagaId = sagaId;
    this.state = state;
  }

  /** The saga to ask for; never null. */
  public String sagaId() {
    return sagaId;
  }

  /** Where it stood; never null. */
  public SagaState state() {
    return state;
  }
}
