package dev.relevo.saga;

import java.util.EnumSet;
import java.util.Set;

/** Where a saga stands. The journal refuses every change that {@link #canBecome} does not name. */
public enum SagaState {
  /** Steps are being run by the saga's owner. */
  RUNNING,
  /** All steps are done and the answer is stored; final. */
  COMPLETED,
  /** What was done is being undone, in reverse order, until it is. */
  COMPENSATING,
  /** All that was done is undone; final. */
  COMPENSATED,
  /** Compensation keeps failing: an alarm, retried slowly, or waiting for a person. */
  PARKED;

  /** The states that may follow this one. */
  public Set<SagaState> successors() {
    return switch (this) {
      case RUNNING -> EnumSet.of(COMPLETED, COMPENSATING);
      case COMPENSATING -> EnumSet.of(COMPENSATED, PARKED);
      case PARKED -> EnumSet.of(COMPENSATING);
      case COMPLETED, COMPENSATED -> EnumSet.noneOf(SagaState.class);
    };
  }

  /** Whether the change from this state to {@code next} is legal. */
  public boolean canBecome(SagaState next) {
    return successors().contains(next);
  }

  /** Whether nothing can follow. */
  public boolean isFinal() {
    return successors().isEmpty();
  }
}
