package dev.relevo.saga;

/** A step wanted to join a saga that has ended, is being compensated, or is past its deadline. */
public class SagaEndedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  SagaEndedException(String message) {
    super(message);
  }
}
