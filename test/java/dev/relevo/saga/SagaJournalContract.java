package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every journal keeps. */
abstract class SagaJournalContract {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(80);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private SagaJournal journal;
  private String owner;
  private String other;
  private SagaJournal.Taker taker;

  abstract SagaJournal empty() throws Exception;

  @BeforeEach
  void open() throws Exception {
    journal = empty();
    owner = "owner-" + UUID.randomUUID();
    other = "other-" + UUID.randomUUID();
    taker = new SagaJournal.Taker(other, Duration.ZERO);
    journal.renew(owner, LONG);
    journal.renew(other, LONG);
  }

  @Test
  void keepsAllThatASagaIs() {
    Saga saga =
        running(LONG, new SagaKey("scope", "key \"1\"", "hash"), 3)
            .with(
                Enlistment.of(
                    2, "direct:b?x=1", "direct:c", Map.of("n", 7, "s", "ö \u0000 日本 🙂")));
    journal.begin(saga);

    Saga row = journal.find(saga.id()).orElseThrow();

    assertThat(row)
        .usingRecursiveComparison()
        .ignoringFields("deadline", "created", "updated")
        .isEqualTo(saga);
    assertThat(row.deadline())
        .isBetween(saga.deadline().minusSeconds(2), saga.deadline().plusSeconds(2));
    assertThat(row.created())
        .isBetween(Instant.now().minusSeconds(9), Instant.now().plusSeconds(9));
    assertThat(row.key()).isEqualTo(new SagaKey("scope", "key \"1\"", "hash"));
  }

  @Test
  void keepsAnswersWholeWhateverTheyAreMadeOf() {
    String body = "{\"name\":\"Producto de prueba – ñ 日本 🙂 '\\\"\\\\\"}\n" + "x".repeat(100_000);
    Saga saga = begun();

    journal.write(
        SagaState.RUNNING, saga.completed(new StoredAnswer(200, "application/json", body)));

    Saga row = journal.find(saga.id()).orElseThrow();
    assertThat(row.state()).isEqualTo(SagaState.COMPLETED);
    assertThat(row.answer()).isEqualTo(new StoredAnswer(200, "application/json", body));
  }

  @Test
  void beginningAgainChangesNothing() {
    Saga saga = begun();
    Saga written = journal.write(SagaState.RUNNING, saga.with(step(2)));

    journal.begin(saga);

    assertThat(journal.find(saga.id()).orElseThrow().enlistments()).hasSize(2);
    assertThat(journal.find(saga.id()).orElseThrow().revision()).isEqualTo(written.revision());
  }

  @Test
  void beginningAgainIsRefusedToOneThatHasLostIt() {
    Saga saga = begun();
    journal.release(owner);
    untilTaken();

    assertThatThrownBy(() -> journal.begin(saga)).isInstanceOf(SagaTakenOverException.class);
  }

  @Test
  void anAttemptAtAKeyIsOneSagas() {
    SagaKey key = key();
    Saga first = running(LONG, key, 1);
    journal.begin(first);
    Saga second = running(LONG, key, 1);

    assertThatThrownBy(() -> journal.begin(second)).isInstanceOf(SagaKeyTakenException.class);

    journal.begin(first);
    assertThat(journal.find(second.id())).isEmpty();
    Saga next = running(LONG, key, 2);
    journal.begin(next);
    assertThat(journal.latest(key.scope(), key.value()).orElseThrow().id()).isEqualTo(next.id());
    assertThat(journal.latest("elsewhere", key.value())).isEmpty();
    assertThat(journal.latest(key.scope(), key.value().toUpperCase(java.util.Locale.ROOT)))
        .isEmpty();
  }

  @Test
  void manyThatBeginOneAttemptLeaveOne() throws Exception {
    SagaKey key = key();
    List<Callable<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      all.add(
          () -> {
            try {
              journal.begin(running(LONG, key, 1));
              return true;
            } catch (SagaKeyTakenException e) {
              return false;
            }
          });
    }

    assertThat(together(all)).containsOnlyOnce(true);
    assertThat(journal.list(null, 100, null)).hasSize(1);
  }

  @Test
  void writesOnlyUnderItsEpoch() {
    Saga saga = begun();
    journal.adopt(other, saga.id()).orElseThrow();

    assertThatThrownBy(() -> journal.write(SagaState.RUNNING, saga.completed(null)))
        .isInstanceOf(SagaTakenOverException.class);
    assertThat(journal.find(saga.id()).orElseThrow().state()).isEqualTo(SagaState.RUNNING);
  }

  @Test
  void writesOnlyFromTheStateItKnows() {
    Saga saga = begun();
    journal.write(SagaState.RUNNING, saga.compensating(null, "why"));

    assertThatThrownBy(() -> journal.write(SagaState.RUNNING, saga.completed(null)))
        .isInstanceOf(SagaTakenOverException.class);
    assertThatThrownBy(() -> journal.write(SagaState.RUNNING, saga.with(step(2))))
        .isInstanceOf(SagaTakenOverException.class);
    assertThatThrownBy(() -> journal.write(SagaState.RUNNING, running(LONG, null, 1)))
        .isInstanceOf(SagaTakenOverException.class);
    assertThat(journal.find(saga.id()).orElseThrow().state()).isEqualTo(SagaState.COMPENSATING);
    assertThat(journal.find(saga.id()).orElseThrow().reason()).isEqualTo("why");
  }

  @Test
  void aRepeatedWriteSucceeds() {
    Saga saga = begun();
    Saga completed = saga.completed(new StoredAnswer(200, null, null));
    Saga once = journal.write(SagaState.RUNNING, completed);

    Saga twice = journal.write(SagaState.RUNNING, completed);

    assertThat(twice.revision()).isEqualTo(once.revision());
    assertThat(journal.find(saga.id()).orElseThrow().answer()).isEqualTo(completed.answer());
  }

  @Test
  void anEnlistmentGivenUpAsLostIsWrittenOver() {
    Saga saga = begun();
    journal.write(SagaState.RUNNING, saga.with(step(2)));

    Saga written = journal.write(SagaState.RUNNING, saga.compensating(null, "given up"));

    assertThat(written.revision()).isEqualTo(3);
    Saga row = journal.find(saga.id()).orElseThrow();
    assertThat(row.state()).isEqualTo(SagaState.COMPENSATING);
    assertThat(row.enlistments()).hasSize(1);
  }

  @Test
  void nothingIsTakenFromTheLiving() {
    begun();
    begun();

    assertThat(journal.takeOver(taker, GRACE, 10)).isEmpty();
    assertThat(journal.takeOverIfExpired(taker, begun().id())).isEmpty();
  }

  @Test
  void whatADeadOwnerLeavesIsTakenOverToBeCompensated() {
    Saga running = begun();
    Saga compensating = begun();
    compensating =
        journal.write(
            SagaState.RUNNING, compensating.compensating(new StoredAnswer(409, null, "no"), "no"));
    journal.release(owner);

    List<SagaJournal.Takeover> taken = untilTaken();

    assertThat(taken)
        .extracting(takeover -> takeover.saga().id())
        .containsExactlyInAnyOrder(running.id(), compensating.id());
    for (SagaJournal.Takeover takeover : taken) {
      assertThat(takeover.saga().owner()).isEqualTo(other);
      assertThat(takeover.saga().epoch()).isEqualTo(2);
      assertThat(takeover.saga().state()).isEqualTo(SagaState.COMPENSATING);
      assertThat(takeover.late()).isBetween(Duration.ZERO, Duration.ofSeconds(5));
      assertThat(journal.find(takeover.saga().id()).orElseThrow())
          .usingRecursiveComparison()
          .ignoringFields("created", "updated", "deadline")
          .isEqualTo(takeover.saga());
    }
    assertThat(journal.find(running.id()).orElseThrow().reason()).isEqualTo(SagaJournal.OWNER_LOST);
    assertThat(journal.find(compensating.id()).orElseThrow().reason()).isEqualTo("no");
    assertThat(journal.find(compensating.id()).orElseThrow().answer().body()).isEqualTo("no");
    Saga zombie = running;
    assertThatThrownBy(() -> journal.write(SagaState.RUNNING, zombie.completed(null)))
        .isInstanceOf(SagaTakenOverException.class);
  }

  @Test
  void nobodyTakesWithoutALeaseHeldLongEnough() {
    begun();
    journal.release(owner);

    SagaJournal.Taker patient = new SagaJournal.Taker(other, LONG);
    SagaJournal.Taker unknown = new SagaJournal.Taker("nobody", Duration.ZERO);
    assertThat(journal.takeOver(patient, GRACE, 10)).isEmpty();
    assertThat(journal.takeOver(unknown, GRACE, 10)).isEmpty();
    journal.release(other);
    assertThat(journal.takeOver(taker, GRACE, 10)).isEmpty();
  }

  @Test
  void aLeaseThatHadRunOutIsHeldOnlySinceItWasRenewed() {
    begun();
    journal.release(owner);
    String sleeper = "sleeper-" + UUID.randomUUID();
    SagaJournal.Taker slept = new SagaJournal.Taker(sleeper, Duration.ofMillis(400));
    journal.renew(sleeper, SHORT);
    Instant asleep = Instant.now();
    await().until(() -> Instant.now().isAfter(asleep.plusMillis(600)));

    Instant awake = Instant.now();
    journal.renew(sleeper, LONG);
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !journal.takeOver(slept, GRACE, 10).isEmpty());

    assertThat(Duration.between(awake, Instant.now())).isGreaterThan(Duration.ofMillis(390));
  }

  @Test
  void aLeaseThatWasRenewedLateIsHeldOnlySinceThen() {
    begun();
    journal.release(owner);
    Duration lease = Duration.ofMillis(1000);
    hold(other, lease);
    Instant held = Instant.now();
    await().until(() -> Instant.now().isAfter(held.plusMillis(600)));

    Instant late = Instant.now();
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              journal.renew(other, lease);
              return !journal.takeOver(new SagaJournal.Taker(other, lease), GRACE, 10).isEmpty();
            });

    assertThat(Duration.between(late, Instant.now())).isGreaterThan(Duration.ofMillis(990));
  }

  @Test
  void whenNobodyCanRenewTheLastToHaveDoneSoTakesNothing() {
    begun();
    Duration lease = Duration.ofMillis(1600);
    hold(other, lease);
    Instant start;
    do {
      start = Instant.now();
      Instant next = start.plus(lease.multipliedBy(2).dividedBy(5));
      journal.renew(owner, lease);
      await().pollInterval(Duration.ofMillis(20)).until(() -> Instant.now().isAfter(next));
      journal.renew(other, lease);
    } while (Instant.now().isAfter(start.plus(lease.dividedBy(2))));

    Instant end = start.plus(lease.multipliedBy(3).dividedBy(2));
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              assertThat(journal.takeOver(new SagaJournal.Taker(other, lease), GRACE, 10))
                  .isEmpty();
              return Instant.now().isAfter(end);
            });
  }

  /** Holds a lease for its whole length without a gap. */
  private void hold(String who, Duration lease) {
    Instant end = Instant.now().plus(lease);
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              journal.renew(who, lease);
              return Instant.now().isAfter(end);
            });
  }

  @Test
  void renewingKeepsALeaseHeld() {
    begun();
    journal.release(owner);
    SagaJournal.Taker renewing = new SagaJournal.Taker(other, Duration.ofMillis(200));
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(3))
        .until(
            () -> {
              journal.renew(other, LONG);
              return !journal.takeOver(renewing, GRACE, 10).isEmpty();
            });
  }

  @Test
  void anOverdueSagaIsTakenWhoeverOwnsIt() {
    Saga overdue = begun(running(Duration.ofSeconds(-6), null, 1));
    Saga late = begun(running(Duration.ofSeconds(-1), null, 1));

    List<SagaJournal.Takeover> taken = journal.takeOver(taker, GRACE, 10);

    assertThat(taken).extracting(takeover -> takeover.saga().id()).containsExactly(overdue.id());
    assertThat(taken.get(0).late()).isNull();
    assertThat(journal.find(late.id()).orElseThrow().state()).isEqualTo(SagaState.RUNNING);
  }

  @Test
  void aStepsTimeOutMovesTheDeadline() {
    Saga saga = begun();

    journal.write(SagaState.RUNNING, saga.until(Instant.now().minusSeconds(60)).with(step(2)));

    assertThat(journal.takeOver(taker, GRACE, 10)).hasSize(1);
  }

  @Test
  void aCompensationThatNobodyWritesAboutAnyMoreIsTaken() {
    Saga saga = begun();
    journal.write(SagaState.RUNNING, saga.compensating(null, "why"));

    assertThat(journal.takeOver(taker, SagaJournal.STALLED.negated().plusSeconds(9), 10)).isEmpty();
    await()
        .atMost(Duration.ofSeconds(2))
        .until(
            () ->
                !journal
                    .takeOver(taker, SagaJournal.STALLED.negated().plusMillis(50), 10)
                    .isEmpty());
  }

  @Test
  void aParkedSagaIsTakenWhenItsNextTryIsDue() {
    Saga due = parked(Instant.now().minusSeconds(1));
    parked(Instant.now().plusSeconds(60));
    parked(null);
    journal.release(owner);

    assertThat(untilTaken()).extracting(takeover -> takeover.saga().id()).containsExactly(due.id());
    assertThat(journal.find(due.id()).orElseThrow().state()).isEqualTo(SagaState.COMPENSATING);
    assertThat(journal.takeOver(taker, GRACE, 10)).isEmpty();
  }

  @Test
  void aParkedSagaIsLeftToItsLivingOwner() {
    parked(Instant.now().minusSeconds(1));

    assertThat(journal.takeOver(taker, GRACE, 10)).isEmpty();
  }

  @Test
  void whatIsParkedOrCompensatingIsTakenForARetryAtOnce() {
    Saga parked = parked(null);

    Saga taken = journal.takeForRetry(other, parked.id()).orElseThrow();

    assertThat(taken.state()).isEqualTo(SagaState.COMPENSATING);
    assertThat(taken.epoch()).isEqualTo(2);
    assertThat(taken.reason()).isEqualTo("why");
    assertThat(journal.takeForRetry(owner, parked.id()).orElseThrow().epoch()).isEqualTo(3);
    assertThat(journal.takeForRetry(other, begun().id())).isEmpty();
    assertThat(journal.takeForRetry(other, UUID.randomUUID().toString())).isEmpty();
  }

  @Test
  void whatItsOwnerHasToBeFinishingCanBeTakenOnceMore() {
    begun();
    Saga compensating = begun();
    journal.write(SagaState.RUNNING, compensating.compensating(null, "why"));
    Saga parked = parked(Instant.now().plusSeconds(60));
    Saga forAPerson = parked(null);
    Saga owed = begun(running(LONG, null, 1).with(Enlistment.of(1, null, "direct:done", Map.of())));
    journal.write(SagaState.RUNNING, owed.completed(null));
    Saga done = begun();
    journal.write(SagaState.RUNNING, done.completed(null));

    assertThat(journal.finishing(owner))
        .containsExactlyInAnyOrder(compensating.id(), parked.id(), owed.id());
    assertThat(journal.finishing(other)).isEmpty();
    for (String id : journal.finishing(owner)) {
      Saga taken = journal.retake(owner, id).orElseThrow();
      assertThat(taken.owner()).isEqualTo(owner);
      assertThat(taken.epoch()).isEqualTo(2);
      assertThat(taken.state())
          .isEqualTo(id.equals(owed.id()) ? SagaState.COMPLETED : SagaState.COMPENSATING);
      assertThat(journal.retake(other, id)).isEmpty();
    }
    assertThat(journal.retake(owner, forAPerson.id())).isEmpty();
    assertThat(journal.retake(owner, done.id())).isEmpty();
  }

  @Test
  void completionsThatADeadOwnerOwesAreTaken() {
    Saga saga = begun(running(LONG, null, 1).with(Enlistment.of(1, null, "direct:done", Map.of())));
    Saga told = begun(running(LONG, null, 1).with(Enlistment.of(1, null, "direct:done", Map.of())));
    journal.write(SagaState.RUNNING, saga.completed(null));
    journal.write(
        SagaState.RUNNING, told.completed(null).replacing(told.enlistments().get(0).succeeded()));
    journal.release(owner);

    List<SagaJournal.Takeover> taken = untilTaken();

    assertThat(taken).extracting(takeover -> takeover.saga().id()).containsExactly(saga.id());
    assertThat(taken.get(0).saga().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(journal.find(saga.id()).orElseThrow().reason()).isNull();
    assertThat(journal.takeForRetry(owner, saga.id())).isEmpty();
  }

  @Test
  void completionsThatNobodyWritesAboutAnyMoreAreTaken() {
    Saga owed = begun(running(LONG, null, 1).with(Enlistment.of(1, null, "direct:done", Map.of())));
    journal.write(SagaState.RUNNING, owed.completed(null));
    Saga done = begun();
    journal.write(SagaState.RUNNING, done.completed(null));

    assertThat(journal.takeOver(taker, SagaJournal.STALLED.negated().plusSeconds(9), 10)).isEmpty();
    List<SagaJournal.Takeover> taken =
        await()
            .atMost(Duration.ofSeconds(2))
            .until(
                () -> journal.takeOver(taker, SagaJournal.STALLED.negated().plusMillis(50), 10),
                all -> !all.isEmpty());

    assertThat(taken).extracting(takeover -> takeover.saga().id()).containsExactly(owed.id());
    assertThat(taken.get(0).saga().state()).isEqualTo(SagaState.COMPLETED);
  }

  @Test
  void oneSagaIsTakenAtOnceWhenItsOwnerIsDead() {
    Saga saga = begun();
    begun();
    journal.release(owner);

    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> journal.takeOverIfExpired(taker, saga.id()).isPresent());

    assertThat(journal.takeOverIfExpired(taker, saga.id())).isEmpty();
    assertThat(journal.find(saga.id()).orElseThrow().epoch()).isEqualTo(2);
    assertThat(journal.unfinished())
        .containsOnly(Map.entry(SagaState.RUNNING, 1L), Map.entry(SagaState.COMPENSATING, 1L));
  }

  @Test
  void theOldestSagaOfEachStateIsToldByItsAge() {
    Saga first = begun();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> age(SagaState.RUNNING).compareTo(Duration.ofMillis(50)) > 0);
    begun();
    assertThat(age(SagaState.RUNNING)).isGreaterThan(Duration.ofMillis(50));

    journal.write(SagaState.RUNNING, first.completed(null));

    assertThat(journal.oldest()).containsOnlyKeys(SagaState.RUNNING);
    assertThat(age(SagaState.RUNNING)).isLessThan(Duration.ofSeconds(30));
  }

  private Duration age(SagaState state) {
    return journal.oldest().get(state);
  }

  @Test
  void takersShareWithoutTakingTwice() throws Exception {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      all.add(begun().id());
    }
    journal.release(owner);
    String third = "third-" + UUID.randomUUID();
    journal.renew(third, LONG);
    SagaJournal.Taker rival = new SagaJournal.Taker(third, Duration.ZERO);

    Callable<List<String>> mine = () -> takeAll(taker, all.size());
    Callable<List<String>> his = () -> takeAll(rival, all.size());
    List<String> taken = together(List.of(mine, his)).stream().flatMap(List::stream).toList();

    assertThat(taken).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(all);
    assertThat(journal.list(SagaState.COMPENSATING, 100, null))
        .hasSize(60)
        .allMatch(saga -> saga.epoch() == 2);
  }

  private List<String> takeAll(SagaJournal.Taker who, int most) {
    List<String> taken = new ArrayList<>();
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              journal.takeOver(who, GRACE, 5).forEach(t -> taken.add(t.saga().id()));
              return taken.size() == most || journal.unfinished().get(SagaState.RUNNING) == null;
            });
    return taken;
  }

  @Test
  void onlyARunningSagaIsAdopted() {
    Saga saga = begun();

    Saga adopted = journal.adopt(other, saga.id()).orElseThrow();

    assertThat(adopted.state()).isEqualTo(SagaState.RUNNING);
    assertThat(adopted.owner()).isEqualTo(other);
    assertThat(adopted.epoch()).isEqualTo(2);
    journal.write(SagaState.RUNNING, adopted.with(step(2)).completed(null));
    assertThat(journal.adopt(owner, saga.id())).isEmpty();
    assertThat(journal.adopt(owner, UUID.randomUUID().toString())).isEmpty();
  }

  @Test
  void listsTheNewestFirstInPages() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Saga saga = begun();
      ids.add(0, saga.id());
      if (i % 2 == 0) {
        journal.write(SagaState.RUNNING, saga.compensating(null, "why"));
      }
      Instant created = journal.find(saga.id()).orElseThrow().created();
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> Instant.now().isAfter(created.plusMillis(5)));
    }

    assertThat(ids(journal.list(null, 10, null))).isEqualTo(ids);
    assertThat(ids(journal.list(null, 2, null))).isEqualTo(ids.subList(0, 2));
    assertThat(ids(journal.list(null, 2, ids.get(1)))).isEqualTo(ids.subList(2, 4));
    assertThat(ids(journal.list(null, 2, ids.get(4)))).isEmpty();
    assertThat(ids(journal.list(SagaState.RUNNING, 10, null)))
        .containsExactly(ids.get(1), ids.get(3));
    assertThat(ids(journal.list(SagaState.COMPENSATING, 10, ids.get(0))))
        .containsExactly(ids.get(2), ids.get(4));
    assertThat(journal.list(SagaState.PARKED, 10, null)).isEmpty();
    assertThat(journal.list(null, 10, UUID.randomUUID().toString())).isEmpty();
  }

  @Test
  void purgesWhatIsOldAndFinishedAndNothingElse() {
    Saga completed = begun();
    journal.write(SagaState.RUNNING, completed.completed(null));
    Saga compensated = begun();
    compensated = journal.write(SagaState.RUNNING, compensated.compensating(null, "why"));
    journal.write(SagaState.COMPENSATING, compensated.to(SagaState.COMPENSATED));
    Saga owing =
        begun(running(LONG, null, 1).with(Enlistment.of(1, null, "direct:done", Map.of())));
    journal.write(SagaState.RUNNING, owing.completed(null));
    Saga running = begun();
    Saga parked = parked(null);

    assertThat(journal.purge(LONG, 10)).isZero();
    Duration old = aMomentAgo();
    assertThat(journal.purge(old, 1)).isEqualTo(1);
    assertThat(journal.purge(old, 10)).isEqualTo(1);
    assertThat(journal.purge(old, 10)).isZero();

    assertThat(ids(journal.list(null, 10, null)))
        .containsExactlyInAnyOrder(owing.id(), running.id(), parked.id());
  }

  @Test
  void purgesNoAttemptBeforeALaterOne() {
    SagaKey key = key();
    Saga first = begun(running(LONG, key, 1));
    first = journal.write(SagaState.RUNNING, first.compensating(null, "why"));
    journal.write(SagaState.COMPENSATING, first.to(SagaState.COMPENSATED));
    Duration old = aMomentAgo();
    Saga second = begun(running(LONG, key, 2));

    assertThat(journal.purge(old, 10)).isZero();
    journal.write(SagaState.RUNNING, second.completed(null));
    Duration older = aMomentAgo();
    assertThat(journal.purge(older, 10)).isEqualTo(1);
    assertThat(journal.latest(key.scope(), key.value()).orElseThrow().id()).isEqualTo(first.id());
    assertThat(journal.purge(older, 10)).isEqualTo(1);
    assertThat(journal.latest(key.scope(), key.value())).isEmpty();
    journal.begin(running(LONG, key, 1));
  }

  @Test
  void aWriteKeepsAFinishedSagaFromBeingPurged() {
    Saga saga = begun();
    Saga done = journal.write(SagaState.RUNNING, saga.compensating(null, "why"));
    done = journal.write(SagaState.COMPENSATING, done.to(SagaState.COMPENSATED));
    Duration old = aMomentAgo(Duration.ofSeconds(4));

    journal.write(SagaState.COMPENSATED, done);

    assertThat(journal.purge(old, 10)).isZero();
    assertThat(journal.find(saga.id()).orElseThrow().state()).isEqualTo(SagaState.COMPENSATED);
  }

  /** Waits a moment; a little less than that. */
  private static Duration aMomentAgo() {
    return aMomentAgo(Duration.ofMillis(400));
  }

  private static Duration aMomentAgo(Duration moment) {
    Instant start = Instant.now();
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(() -> Instant.now().isAfter(start.plus(moment)));
    return moment.multipliedBy(3).dividedBy(4);
  }

  private List<SagaJournal.Takeover> untilTaken() {
    return await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> journal.takeOver(taker, GRACE, 10), taken -> !taken.isEmpty());
  }

  private Saga begun() {
    return begun(running(LONG, null, 1).with(step(1)));
  }

  private Saga begun(Saga saga) {
    journal.begin(saga);
    return saga;
  }

  private Saga parked(Instant nextTry) {
    Saga saga = begun();
    saga = journal.write(SagaState.RUNNING, saga.compensating(null, "why"));
    return journal.write(SagaState.COMPENSATING, saga.parked(nextTry));
  }

  private Saga running(Duration time, SagaKey key, int attempt) {
    return Saga.running(
        UUID.randomUUID().toString(), owner, Instant.now().plus(time), key, attempt);
  }

  private static Enlistment step(int no) {
    return Enlistment.of(no, "direct:undo", null, Map.of("qty", 2));
  }

  private static SagaKey key() {
    return new SagaKey("scope", "k" + UUID.randomUUID(), "hash");
  }

  private static List<String> ids(List<Saga> sagas) {
    return sagas.stream().map(Saga::id).toList();
  }

  private static <T> List<T> together(List<Callable<T>> all) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(all.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(all)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
