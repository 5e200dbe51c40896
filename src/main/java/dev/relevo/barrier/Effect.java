package dev.relevo.barrier;

/** The steps that a call asks for, run in the barrier's transaction. */
@FunctionalInterface
interface Effect {

  /**
   * Does it.
   *
   * @return the answer; what was done is kept only if it is neither a refusal nor a failure
   * @throws RuntimeException if the answer is not known; nothing that was done is kept
   */
  Answer apply();
}
