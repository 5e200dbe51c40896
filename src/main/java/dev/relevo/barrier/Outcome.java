package dev.relevo.barrier;

/** What became of a call, once and for all. */
enum Outcome {
  /** It took effect. */
  DONE,
  /** It was answered with a refusal and changed nothing. */
  REFUSED,
  /** It was undone before it came: it must not take effect any more. */
  CANCELLED
}
