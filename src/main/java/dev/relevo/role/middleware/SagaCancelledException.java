package dev.relevo.role.middleware;

/**
 * A step came too late: its saga is being undone, so the participant's barrier keeps it from taking
 * effect. It is nobody's no to the order, which may be tried again.
 */
final class SagaCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SagaCancelledException(String detail) {
    super(detail);
  }
}
