package dev.relevo.barrier;

/** The two calls of a saga's step. */
enum Operation {
  ACTION("action"),
  COMPENSATION("compensation");

  private final String text;

  Operation(String text) {
    this.text = text;
  }

  /** The name in headers and in the table. */
  String text() {
    return text;
  }
}
