package dev.relevo.barrier;

/**
 * The answer to a call.
 *
 * @param replayed whether it was given before
 */
record Result(Answer answer, boolean replayed) {

  static Result fresh(Answer answer) {
    return new Result(answer, false);
  }

  static Result replayed(Answer answer) {
    return new Result(answer, true);
  }
}
