package dev.relevo.barrier;

import java.util.Optional;

/** Problems that tests can look into. */
final class TestProblems implements Problems {

  /** A problem as it was thrown. */
  static final class Thrown extends RuntimeException {
    final int status;
    final String type;

    Thrown(int status, String type, String detail) {
      super(status + " " + type + ": " + detail);
      this.status = status;
      this.type = type;
    }
  }

  @Override
  public RuntimeException problem(int status, String type, String detail) {
    return new Thrown(status, type, detail);
  }

  @Override
  public Optional<Answer> refusal(Throwable thrown) {
    return thrown instanceof Thrown problem && problem.status < 500
        ? Optional.of(new Answer(problem.status, "application/problem+json", null, problem.type))
        : Optional.empty();
  }
}
