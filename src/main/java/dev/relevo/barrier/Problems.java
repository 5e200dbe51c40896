package dev.relevo.barrier;

import java.util.Optional;

/** The application's way of saying no, so that the barrier can say it too, and keep it. */
public interface Problems {

  /**
   * A problem to be thrown.
   *
   * @param status the HTTP status
   * @param type the short name of the kind of problem, such as {@code saga-cancelled}
   * @param detail one sentence for the caller
   */
  RuntimeException problem(int status, String type, String detail);

  /**
   * What a caller is answered when that was thrown.
   *
   * @return empty if it is not a refusal (4xx)
   */
  Optional<Answer> refusal(Throwable thrown);
}
