package dev.relevo.role;

import dev.relevo.barrier.Answer;
import dev.relevo.barrier.Problems;
import dev.relevo.http.Problem;
import dev.relevo.http.ProblemException;
import dev.relevo.http.ProblemType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.util.ObjectHelper;

/** Lets the barrier say no the way the routes do. */
final class BarrierProblems implements Problems {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  @Override
  public RuntimeException problem(int status, String type, String detail) {
    ProblemType known =
        ProblemType.of(type)
            .filter(candidate -> candidate.status() == status)
            .orElseThrow(() -> new IllegalArgumentException("No problem " + status + " " + type));
    return known == ProblemType.UNAVAILABLE
        ? ProblemException.unavailable(detail, RETRY_AFTER)
        : ProblemException.of(known, detail);
  }

  @Override
  public Optional<Answer> refusal(Throwable thrown) {
    ProblemException exception = ObjectHelper.getException(ProblemException.class, thrown);
    if (exception == null) {
      return Optional.empty();
    }
    Problem problem = exception.problem();
    Answer answer =
        new Answer(
            problem.status(),
            Problem.MEDIA_TYPE,
            null,
            new String(problem.toJson(), StandardCharsets.UTF_8));
    return answer.isRefusal() ? Optional.of(answer) : Optional.empty();
  }
}
