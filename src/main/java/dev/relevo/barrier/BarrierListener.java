package dev.relevo.barrier;

/**
 * Is told of each call that the barrier kept from taking effect, to count it. Called on the thread
 * that does it, so an implementation must be quick.
 */
@FunctionalInterface
public interface BarrierListener {

  /** Why a call took no effect. */
  enum Hit {
    /** It was decided before, and was given that answer again. */
    REPEATED,
    /** It came after its compensation, or after its saga was undone without it. */
    LATE,
    /** It was a compensation of what had not been done. */
    NOTHING_TO_UNDO
  }

  /** A call took no effect. */
  void hit(Hit hit);
}
