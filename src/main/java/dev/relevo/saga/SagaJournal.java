package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
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
   * How long, beyond the grace, a compensating saga may go without a write before it counts as
   * stalled.
   */
  Duration STALLED = Duration.ofSeconds(60);

  /**
   * Writes a new saga, its key and its first enlistment in one commit.
   *
   * @throws SagaKeyTakenException if another saga already holds this attempt at the key
   */
  void begin(Saga saga);

  /**
   * Replaces a saga's row if it is still in state {@code from} under the saga's epoch. States,
   * answer, reason and enlistments are written; id, key and creation stay.
   *
   * @param from the state the row must have; the same as {@code saga.state()} where only
   *     enlistments change
   * @throws SagaTakenOverException if the row is under another epoch, in another state, or not
   *     there
   */
  void write(SagaState from, Saga saga);

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

  /** Extends the lease of {@code owner} to {@code lease} from now, by the journal's clock. */
  void renew(String owner, Duration lease);

  /** Ends the lease of {@code owner} now, so that others need not wait for it. */
  void release(String owner);

  /**
   * Takes sagas whose owner's lease has run out, or that are overdue whoever owns them, under the
   * next epoch, to be compensated. Sagas that somebody else is taking at this moment are left to
   * him.
   *
   * @param grace how long past its deadline a running saga, or past its last write a compensating
   *     one, is overdue
   * @param limit how many at the most
   */
  List<Saga> takeOver(String owner, Duration grace, int limit);

  /**
   * Takes one saga, for compensation, under the next epoch, if it is not final and {@code
   * onlyExpired} is false or its owner's lease has run out. Empty if not.
   */
  Optional<Saga> takeOver(String owner, String id, boolean onlyExpired);

  /**
   * Takes a running saga under the next epoch to go on with it here, as when a request that joins
   * it arrives at another process than the one that began it. Empty if it is not running.
   */
  Optional<Saga> adopt(String owner, String id);

  /**
   * Removes final sagas last written before {@code olderThan}, and leases that ran out before it.
   */
  int purge(Instant olderThan, int limit);
}
