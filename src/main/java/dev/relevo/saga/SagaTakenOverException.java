package dev.relevo.saga;

/** The saga is no longer this process's to write: it was taken over, or it has ended. */
public class SagaTakenOverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SagaTakenOverException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Whether a row that a write did not meet is the writer's own.
   *
   * @param row the saga as the journal has it; null if it has none
   * @throws SagaTakenOverException if it is not, or has ended otherwise
   */
  static void unlessOwn(SagaState from, Saga saga, Saga row) {
    if (row == null) {
      throw new SagaTakenOverException("Saga " + saga.id() + " is not in the journal", null);
    }
    if (row.epoch() != saga.epoch()) {
      throw new SagaTakenOverException(
          "Saga " + row.id() + " is under epoch " + row.epoch() + ", not " + saga.epoch(), null);
    }
    if (row.state() != from && row.state() != saga.state()) {
      throw new SagaTakenOverException("Saga " + row.id() + " is " + row.state(), null);
    }
  }
}
