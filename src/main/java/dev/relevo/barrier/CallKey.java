package dev.relevo.barrier;

/**
 * Names one call; there is one row of it in the table at most.
 *
 * @param sagaId the saga's id, or a name that no saga has
 * @param step the name of the step
 * @param enlistment the number under which the saga has enlisted the step
 * @param operation which of the step's two calls it is
 */
record CallKey(String sagaId, String step, int enlistment, Operation operation) {

  CallKey action() {
    return new CallKey(sagaId, step, enlistment, Operation.ACTION);
  }
}
