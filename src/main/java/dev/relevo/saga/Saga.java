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
 * @param reason why it is compensated, or parked, in words; null if it is neither
 * @param nextTry when a parked saga is tried again; null if that waits for a person
 * @param enlistments the steps that have joined, in the order of joining
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
        now,
        now);
  }

  /** Whether somebody still has to call a participant for it. */
  boolean isOpen() {
    return !state.isFinal()
        || state == SagaState.COMPLETED
            && enlistments.stream().anyMatch(e -> e.completion() != null && !e.done());
  }

  /** This saga with one more step. */
  Saga with(Enlistment next) {
    List<Enlistment> all = new ArrayList<>(enlistments);
    all.add(next);
    return withEnlistments(all);
  }

  /** This saga with the enlistment of that number replaced. */
  Saga replacing(Enlistment changed) {
    return withEnlistments(
        enlistments.stream().map(e -> e.no() == changed.no() ? changed : e).toList());
  }

  Saga to(SagaState next, StoredAnswer newAnswer, String newReason, Instant newNextTry) {
    if (!state.canBecome(next)) {
      throw new IllegalStateException("A saga that is " + state + " cannot become " + next);
    }
    return new Saga(
        id,
        next,
        owner,
        epoch,
        deadline,
        key,
        attempt,
        newAnswer,
        newReason,
        newNextTry,
        enlistments,
        created,
        Instant.now());
  }

  /** This saga in the hands of a new owner, under the next epoch, to go on running. */
  Saga adopted(String newOwner) {
    return new Saga(
        id,
        state,
        newOwner,
        epoch + 1,
        deadline,
        key,
        attempt,
        answer,
        reason,
        nextTry,
        enlistments,
        created,
        Instant.now());
  }

  /**
   * This saga in the hands of a new owner, under the next epoch, to be finished: one that has
   * completed goes on telling its participants so, every other one is compensated.
   */
  Saga takenOver(String newOwner, String why) {
    return new Saga(
        id,
        state == SagaState.COMPLETED ? state : SagaState.COMPENSATING,
        newOwner,
        epoch + 1,
        deadline,
        key,
        attempt,
        answer,
        reason == null ? why : reason,
        null,
        enlistments,
        created,
        Instant.now());
  }

  private Saga withEnlistments(List<Enlistment> all) {
    return new Saga(
        id,
        state,
        owner,
        epoch,
        deadline,
        key,
        attempt,
        answer,
        reason,
        nextTry,
        all,
        created,
        Instant.now());
  }
}
