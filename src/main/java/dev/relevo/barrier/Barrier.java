package dev.relevo.barrier;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lets a call take effect once at most, and answers every repetition as the first time.
 *
 * <p>The effect and the row with its outcome are one transaction. The row comes last: whoever
 * commits it first has decided, and the others roll back and read it. A compensation writes the
 * action's row in the action's place, so that a late action finds itself decided.
 */
final class Barrier {
  private static final Logger log = LoggerFactory.getLogger(Barrier.class);

  /** The answer to a compensation that found no effect. */
  static final Answer NOTHING_TO_UNDO = Answer.json(200, "{\"undone\":false}");

  private final TransactionTemplate transaction;
  private final BarrierTable table;
  private final Problems problems;
  private final Clock clock;
  private final boolean enabled;
  private final BarrierListener listener;

  Barrier(
      TransactionTemplate transaction,
      BarrierTable table,
      Problems problems,
      Clock clock,
      boolean enabled,
      BarrierListener listener) {
    this.transaction = transaction;
    this.table = table;
    this.problems = problems;
    this.clock = clock;
    this.enabled = enabled;
    this.listener = listener;
    if (!enabled) {
      log.warn(
          "relevo.barrier.enabled=false: A REPEATED OR LATE CALL OF A SAGA TAKES EFFECT AGAIN."
              + " This is for the test that has to see stock and orders disagree, for nothing else.");
    }
  }

  /**
   * Runs a call, unless it was decided before.
   *
   * @throws RuntimeException what the effect threw, or a problem of {@link Problems}, or that the
   *     database did not answer; then the outcome is not known, and the call may be repeated
   */
  Result run(Call call, Effect effect) {
    Result result = decide(call, effect);
    if (result.replayed()) {
      listener.hit(BarrierListener.Hit.REPEATED);
    } else if (result.answer() == NOTHING_TO_UNDO) {
      listener.hit(BarrierListener.Hit.NOTHING_TO_UNDO);
    }
    return result;
  }

  private Result decide(Call call, Effect effect) {
    if (call instanceof Call.Saga saga) {
      saga.deadline()
          .filter(deadline -> saga.key().operation() == Operation.ACTION)
          .ifPresent(this::checkDeadline);
    }
    if (!enabled || call instanceof Call.Plain) {
      return Result.fresh(unguarded(effect));
    }
    if (call instanceof Call.Keyed keyed) {
      return act(keyed.key(), keyed.payloadHash(), effect);
    }
    CallKey key = ((Call.Saga) call).key();
    return switch (key.operation()) {
      case ACTION -> act(key, null, effect);
      case COMPENSATION -> compensate(key, effect);
    };
  }

  private void checkDeadline(Instant deadline) {
    if (!clock.instant().isBefore(deadline)) {
      throw problems.problem(
          503, "unavailable", "The request came after its deadline; nothing was changed.");
    }
  }

  private Answer unguarded(Effect effect) {
    return transaction.execute(
        status -> {
          Answer answer = effect.apply();
          if (!answer.isSuccess()) {
            status.setRollbackOnly();
          }
          return answer;
        });
  }

  private Result act(CallKey key, String payloadHash, Effect effect) {
    Attempt attempt;
    try {
      attempt = transaction.execute(status -> attempt(status, key, payloadHash, effect));
    } catch (DataIntegrityViolationException e) {
      // The effect of a repeated call can fail on a unique key that the first one took.
      return first(key, payloadHash).orElseThrow(() -> e);
    }
    boolean decided =
        attempt.answer().isRefusal()
            ? keepRefusal(key, payloadHash, attempt.answer())
            : attempt.answer().isFailure() || attempt.kept();
    if (decided) {
      return Result.fresh(attempt.answer());
    }
    return first(key, payloadHash)
        .orElseThrow(() -> new IllegalStateException("The row of " + key + " has gone."));
  }

  private record Attempt(Answer answer, boolean kept) {}

  private Attempt attempt(
      TransactionStatus status, CallKey key, String payloadHash, Effect effect) {
    Answer answer = effect.apply();
    boolean kept = answer.isSuccess() && table.insert(key, Outcome.DONE, payloadHash, answer);
    if (!kept) {
      status.setRollbackOnly();
    }
    return new Attempt(answer, kept);
  }

  private boolean keepRefusal(CallKey key, String payloadHash, Answer answer) {
    return Boolean.TRUE.equals(
        transaction.execute(
            status -> {
              boolean kept = table.insert(key, Outcome.REFUSED, payloadHash, answer);
              if (!kept) {
                status.setRollbackOnly();
              }
              return kept;
            }));
  }

  /** The outcome that a call was given before. */
  private Optional<Result> first(CallKey key, String payloadHash) {
    Optional<BarrierTable.Row> row = transaction.execute(status -> table.find(key));
    return row.map(
        found -> {
          if (found.outcome() == Outcome.CANCELLED) {
            listener.hit(BarrierListener.Hit.LATE);
            throw problems.problem(
                409,
                "saga-cancelled",
                "The saga undid this step before the request came; nothing was changed.");
          }
          if (payloadHash != null && !payloadHash.equals(found.payloadHash())) {
            throw problems.problem(
                422,
                "idempotency-key-reused",
                "The Idempotency-Key was used before, for another request.");
          }
          return Result.replayed(found.answer());
        });
  }

  private Result compensate(CallKey key, Effect undo) {
    return transaction.execute(
        status -> {
          table.cancelUnlessThere(key.action());
          // One statement would not do: PostgreSQL reads what was committed when it began, not what
          // the other compensation committed while it waited for the lock.
          Outcome outcome = table.find(key.action()).orElseThrow().outcome();
          Optional<BarrierTable.Row> own = table.find(key);
          if (own.isPresent()) {
            return Result.replayed(own.get().answer());
          }
          boolean done = outcome == Outcome.DONE;
          Answer answer = done ? undo.apply() : NOTHING_TO_UNDO;
          if (!answer.isSuccess()) {
            // Not an outcome: the saga has to be compensated, so it is asked again until it can be.
            status.setRollbackOnly();
          } else if (!table.insert(key, Outcome.DONE, null, answer)) {
            throw new IllegalStateException("Two compensations held the row of " + key.action());
          }
          return Result.fresh(answer);
        });
  }
}
