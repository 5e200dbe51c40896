package dev.relevo.saga;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where sagas are written down before they act.
 *
 * <p>Every write names the epoch it was decided under, and can be repeated: a write that finds its
 * own effect already there succeeds, so a caller that does not know the outcome of a commit just
 * writes the same again. All methods block, and throw {@link JournalUnavailableException} when the
 * journal cannot be reached or the outcome of a commit is unknown.
 */
public interface SagaJournal {
  /** The reason kept with a saga that was taken over while it ran. */
  String OWNER_LOST = "Its owner was lost, or its deadline passed";

  /**
   * How long, beyond the grace, a compensating saga, or a completed one that owes completions, may
   * go without a write before it counts as stalled.
   */
  Duration STALLED = Duration.ofSeconds(60);

  /**
   * Writes a new saga, its key and its first enlistment in one commit. If a saga of that id is
   * there already under the same epoch, it stays as it is.
   *
   * @throws SagaKeyTakenException if another saga already holds this attempt at the key
   * @throws SagaTakenOverException if the saga has begun, and has been taken over or has ended
   *     since
   */
  void begin(Saga saga);

  /**
   * Replaces a saga's row if it is still in state {@code from} under the saga's epoch. State,
   * deadline, answer, reason, next try and enlistments are written; id, key and creation stay.
   *
   * <p>Only one thread at a time writes under an epoch. So a row at another revision than the
   * saga's holds a write that this one had given up as lost, and is written over; but a write given
   * up that arrives after this one finds another revision, and changes nothing.
   *
   * @param from the state the row must have; the same as {@code saga.state()} where only
   *     enlistments change
   * @return the saga at its new revision
   * @throws SagaTakenOverException if the row is under another epoch, in another state, or not
   *     there
   */
  Saga write(SagaState from, Saga saga);

  /** The saga of that id, empty if there is none. */
  Optional<Saga> find(String id);

  /** The latest attempt at a key, empty if there was none. */
  Optional<Saga> latest(String scope, String key);

  /**
   * Sagas, the newest first.
   *
   * @param state only those in this state; null for all
   * @param limit how many at the most
   * @param before only those created before the saga of this id; null to start with the newest
   */
  List<Saga> list(SagaState state, int limit, String before);

  /** How many sagas there are in each state that is not final. */
  Map<SagaState, Long> unfinished();

  /** The age of the oldest saga in each state that is not final, by the journal's clock. */
  Map<SagaState, Duration> oldest();

  /**
   * Extends the lease of {@code owner} to {@code lease} from now, by the journal's clock. A lease
   * of which less than half was left begins anew: it counts as held only from now on.
   */
  void renew(String owner, Duration lease);

  /** Ends the lease of {@code owner} now, so that others need not wait for it. */
  void release(String owner);

  /**
   * Takes sagas whose owner's lease has run out, or that are overdue whoever owns them, under the
   * next epoch, to be compensated. Sagas that somebody else is taking at this moment are left to
   * him. Takes nothing unless {@code by} may.
   *
   * @param grace how long past its deadline a running saga is overdue, and, with {@link #STALLED},
   *     how long past its last write any other
   * @param limit how many at the most
   */
  List<Takeover> takeOver(Taker by, Duration grace, int limit);

  /**
   * Takes one saga whose owner's lease has run out, as {@link #takeOver(Taker, Duration, int)}
   * does.
   */
  Optional<Takeover> takeOverIfExpired(Taker by, String id);

  /**
   * Takes one saga that is compensating or parked, whoever owns it, under the next epoch, to try it
   * again at once. Empty if it is not.
   */
  Optional<Saga> takeForRetry(String owner, String id);

  /**
   * The ids of the sagas that {@code owner} has to be at: those that compensate, wait for their
   * next try, or owe completions.
   */
  List<String> finishing(String owner);

  /**
   * Takes one of the sagas of {@link #finishing} once more, under the next epoch; empty if it is
   * none of them (any more).
   */
  Optional<Saga> retake(String owner, String id);

  /**
   * Takes a running saga under the next epoch to go on with it here, as when a request that joins
   * it arrives at another process than the one that began it. Empty if it is not running.
   */
  Optional<Saga> adopt(String owner, String id);

  /**
   * Removes sagas that were finished {@code keep} ago or earlier, and leases that ran out before
   * that. An attempt at a key stays as long as a later one: without it, the key would be free.
   *
   * @param limit how many sagas at the most
   * @return how many sagas were removed
   */
  int purge(Duration keep, int limit);

  /**
   * Who takes sagas over: he may, if he has held his own lease without a gap for the time given,
   * and has renewed it within half of that.
   *
   * <p>While the journal cannot be reached everybody's lease runs out without anybody having died.
   * That of whoever renewed last runs out last, but he has not renewed for half of it by the time
   * that anybody else's ends. So the condition is part of the statement that takes, by the
   * journal's clock: one that was held up takes nothing.
   *
   * @param owner the owner that the sagas get
   * @param held how long he must have held his lease
   */
  record Taker(String owner, Duration held) {}

  /**
   * A saga that was taken over.
   *
   * @param saga the saga in its new owner's hands
   * @param late how long after the end of its former owner's lease that was; null if the lease had
   *     not run out (the saga was overdue), or is not known any more
   */
  record Takeover(Saga saga, Duration late) {}
}
