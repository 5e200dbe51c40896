package dev.relevo.saga;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A saga as its journal holds it.
 *
 * @param id the saga's id, a UUID
 * @param state where it stands
 * @param owner the process that runs it, by the id that the process took at its start
 * @param epoch how often it has changed hands, from 1; a write under another epoch is refused
 * @param deadline when its caller stops waiting; past it (and a grace) anyone may compensate the
 *     saga
 * @param key the idempotency key it answers; null if it answers none
 * @param attempt which try at that key this is, from 1
 * @param answer the stored answer; null while there is none, or none is kept
 * @param reason why it is compensated, in words; null if it is not. What a participant said last
 *     stands with its enlistment
 * @param nextTry when a parked saga is tried again; null if that waits for a person
 * @param enlistments the steps that have joined, in the order of joining
 * @param revision how often its row has been written, from 1; a write on top of another revision is
 *     refused, so that one that was held up on its way cannot undo a later one
 * @param created when it was begun
 * @param updated when its row was last written
 */
public record Saga(
    String id,
    SagaState state,
    String owner,
    long epoch,
    Instant deadline,
    SagaKey key,
    int attempt,
    StoredAnswer answer,
    String reason,
    Instant nextTry,
    List<Enlistment> enlistments,
    long revision,
    Instant created,
    Instant updated) {

  public Saga {
    enlistments = List.copyOf(enlistments);
  }

  static Saga running(String id, String owner, Instant deadline, SagaKey key, int attempt) {
    Instant now = Instant.now();
    return new Saga(
        id,
        SagaState.RUNNING,
        owner,
        1,
        deadline,
        key,
        attempt,
        null,
        null,
        null,
        List.of(),
        1,
        now,
        now);
  }

  /** Whether somebody still has to call a participant for it. */
  boolean isOpen() {
    return !state.isFinal()
        || state == SagaState.COMPLETED
            && enlistments.stream().anyMatch(e -> e.completion() != null && !e.done());
  }

  /** This saga with another deadline. */
  Saga until(Instant newDeadline) {
    return changed(state, newDeadline, answer, reason, nextTry, enlistments);
  }

  /** This saga with one more step. */
  Saga with(Enlistment next) {
    List<Enlistment> all = new ArrayList<>(enlistments);
    all.add(next);
    return changed(state, deadline, answer, reason, nextTry, all);
  }

  /** This saga with the enlistment of that number replaced. */
  Saga replacing(Enlistment changed) {
    return changed(
        state,
        deadline,
        answer,
        reason,
        nextTry,
        enlistments.stream().map(e -> e.no() == changed.no() ? changed : e).toList());
  }

  /** This saga, all of whose steps are done. */
  Saga completed(StoredAnswer newAnswer) {
    return to(SagaState.COMPLETED, newAnswer, null, null);
  }

  /** This saga, to be undone; the answer is given when it is. */
  Saga compensating(StoredAnswer newAnswer, String why) {
    return to(SagaState.COMPENSATING, newAnswer, why, null);
  }

  /** This saga in another state, with the same answer and for the same reason. */
  Saga to(SagaState next) {
    return to(next, answer, reason, null);
  }

  /** This saga, parked. */
  Saga parked(Instant newNextTry) {
    return to(SagaState.PARKED, answer, reason, newNextTry);
  }

  private Saga to(SagaState next, StoredAnswer newAnswer, String newReason, Instant newNextTry) {
    if (!state.canBecome(next)) {
      throw new IllegalStateException("A saga that is " + state + " cannot become " + next);
    }
    return changed(next, deadline, newAnswer, newReason, newNextTry, enlistments);
  }

  /** This saga, to be written on top of another revision. */
  Saga onTopOf(long otherRevision) {
    return copy(state, owner, epoch, deadline, answer, reason, nextTry, enlistments, otherRevision);
  }

  /** This saga as its row holds it after one more write. */
  Saga written() {
    return copy(state, owner, epoch, deadline, answer, reason, nextTry, enlistments, revision + 1);
  }

  /** This saga in the hands of a new owner, under the next epoch, to go on running. */
  Saga adopted(String newOwner) {
    return copy(
        state, newOwner, epoch + 1, deadline, answer, reason, nextTry, enlistments, revision + 1);
  }

  /**
   * This saga in the hands of a new owner, under the next epoch, to be finished: one that has
   * completed goes on telling its participants so, every other one is compensated.
   */
  Saga takenOver(String newOwner, String why) {
    return copy(
        state == SagaState.COMPLETED ? state : SagaState.COMPENSATING,
        newOwner,
        epoch + 1,
        deadline,
        answer,
        reason == null && state != SagaState.COMPLETED ? why : reason,
        null,
        enlistments,
        revision + 1);
  }

  private Saga changed(
      SagaState newState,
      Instant newDeadline,
      StoredAnswer newAnswer,
      String newReason,
      Instant newNextTry,
      List<Enlistment> all) {
    return copy(
        newState, owner, epoch, newDeadline, newAnswer, newReason, newNextTry, all, revision);
  }

  private Saga copy(
      SagaState newState,
      String newOwner,
      long newEpoch,
      Instant newDeadline,
      StoredAnswer newAnswer,
      String newReason,
      Instant newNextTry,
      List<Enlistment> all,
      long newRevision) {
    return new Saga(
        id,
        newState,
        newOwner,
        newEpoch,
        newDeadline,
        key,
        attempt,
        newAnswer,
        newReason,
        newNextTry,
        all,
        newRevision,
        created,
        Instant.now());
  }
}
