package dev.relevo.saga;

import java.time.Duration;

/**
 * Is told what this process does to sagas, to count and time it. Called on the thread that does it,
 * so an implementation must be quick; what it throws is logged.
 */
public interface SagaListener {

  /**
   * A saga's state was written to the journal: {@code RUNNING} when it begins, then each other one.
   *
   * @param saga the saga as written
   */
  default void written(Saga saga) {}

  /**
   * A saga was taken over, to be finished here.
   *
   * @param late how long after the end of its former owner's lease; null if that had not ended (the
   *     saga was overdue), or is not known any more
   */
  default void takenOver(Saga saga, Duration late) {}

  /**
   * A compensation or completion was called.
   *
   * @param saga the saga, {@code COMPENSATING} or {@code COMPLETED}
   * @param enlistment the step, with its number of failed tries and the last error
   * @param took how long the call took
   * @param failure what it failed with; null if it succeeded
   */
  default void called(Saga saga, Enlistment enlistment, Duration took, Exception failure) {}
}
