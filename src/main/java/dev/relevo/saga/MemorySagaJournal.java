package dev.relevo.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A journal that ends with its process: for tests, and to measure what durability costs. Not for
 * orders that matter.
 */
public final class MemorySagaJournal implements SagaJournal {
  private final Map<String, Saga> sagas = new HashMap<>();
  private final Map<List<String>, Map<Integer, String>> attempts = new HashMap<>();
  private final Map<String, Lease> leases = new HashMap<>();

  private record Lease(Instant since, Instant end) {}

  @Override
  public synchronized void begin(Saga saga) {
    if (saga.key() != null) {
      String holder =
          attempts
              .computeIfAbsent(slot(saga.key()), unused -> new HashMap<>())
              .putIfAbsent(saga.attempt(), saga.id());
      if (holder != null && !holder.equals(saga.id())) {
        throw new SagaKeyTakenException(saga.key(), saga.attempt());
      }
    }
    Saga row = sagas.putIfAbsent(saga.id(), saga);
    if (row != null) {
      SagaTakenOverException.unlessOwn(saga.state(), saga, row);
    }
  }

  @Override
  public synchronized Saga write(SagaState from, Saga saga) {
    Saga row = sagas.get(saga.id());
    SagaTakenOverException.unlessOwn(from, saga, row);
    if (row.state() != from) {
      return saga.onTopOf(row.revision());
    }
    Saga written = saga.onTopOf(row.revision()).written();
    sagas.put(saga.id(), written);
    return written;
  }

  @Override
  public synchronized Optional<Saga> find(String id) {
    return Optional.ofNullable(sagas.get(id));
  }

  @Override
  public synchronized Optional<Saga> latest(String scope, String key) {
    return attempts.getOrDefault(List.of(scope, key), Map.of()).entrySet().stream()
        .max(Map.Entry.comparingByKey())
        .map(attempt -> sagas.get(attempt.getValue()));
  }

  @Override
  public synchronized List<Saga> list(SagaState state, int limit, String before) {
    Comparator<Saga> order = Comparator.comparing(Saga::created).thenComparing(Saga::id).reversed();
    Saga from = before == null ? null : sagas.get(before);
    if (before != null && from == null) {
      return List.of();
    }
    return sagas.values().stream()
        .filter(s -> state == null || s.state() == state)
        .filter(s -> from == null || order.compare(s, from) > 0)
        .sorted(order)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Map<SagaState, Long> unfinished() {
    Map<SagaState, Long> counts = new EnumMap<>(SagaState.class);
    for (Saga saga : sagas.values()) {
      if (!saga.state().isFinal()) {
        counts.merge(saga.state(), 1L, Long::sum);
      }
    }
    return counts;
  }

  @Override
  public synchronized Map<SagaState, Duration> oldest() {
    Map<SagaState, Duration> ages = new EnumMap<>(SagaState.class);
    Instant now = Instant.now();
    for (Saga saga : sagas.values()) {
      if (!saga.state().isFinal()) {
        Duration age = Duration.between(saga.created(), now);
        ages.merge(saga.state(), age, (a, b) -> a.compareTo(b) > 0 ? a : b);
      }
    }
    return ages;
  }

  @Override
  public synchronized void renew(String owner, Duration lease) {
    Instant now = Instant.now();
    Lease held = leases.get(owner);
    boolean gap = held == null || held.end().isBefore(now.plus(lease.dividedBy(2)));
    Instant since = gap ? now : held.since();
    leases.put(owner, new Lease(since, now.plus(lease)));
  }

  @Override
  public synchronized void release(String owner) {
    leases.computeIfPresent(owner, (unused, lease) -> new Lease(lease.since(), Instant.now()));
  }

  @Override
  public synchronized List<Takeover> takeOver(Taker by, Duration grace, int limit) {
    Instant now = Instant.now();
    Instant late = now.minus(grace);
    return takeExpired(
        by,
        now,
        limit,
        saga ->
            switch (saga.state()) {
              case RUNNING -> expired(saga, now) || saga.deadline().isBefore(late);
              case COMPENSATING ->
                  expired(saga, now) || saga.updated().isBefore(late.minus(STALLED));
              case PARKED ->
                  expired(saga, now) && saga.nextTry() != null && saga.nextTry().isBefore(now);
              case COMPLETED ->
                  saga.isOpen()
                      && (expired(saga, now) || saga.updated().isBefore(late.minus(STALLED)));
              case COMPENSATED -> false;
            });
  }

  @Override
  public synchronized Optional<Takeover> takeOverIfExpired(Taker by, String id) {
    Instant now = Instant.now();
    return takeExpired(
            by,
            now,
            1,
            saga -> saga.id().equals(id) && !saga.state().isFinal() && expired(saga, now))
        .stream()
        .findFirst();
  }

  private List<Takeover> takeExpired(Taker by, Instant now, int limit, Predicate<Saga> due) {
    Lease own = leases.get(by.owner());
    if (own == null
        || !own.end().isAfter(now.plus(by.held().dividedBy(2)))
        || own.since().isAfter(now.minus(by.held()))) {
      return List.of();
    }
    List<Takeover> taken =
        sagas.values().stream()
            .filter(due)
            .limit(limit)
            .map(saga -> new Takeover(saga.takenOver(by.owner(), OWNER_LOST), sinceEnd(saga, now)))
            .toList();
    taken.forEach(takeover -> sagas.put(takeover.saga().id(), takeover.saga()));
    return taken;
  }

  @Override
  public synchronized Optional<Saga> takeForRetry(String owner, String id) {
    return take(
        id,
        saga -> saga.state() == SagaState.COMPENSATING || saga.state() == SagaState.PARKED,
        saga -> saga.takenOver(owner, OWNER_LOST));
  }

  @Override
  public synchronized List<String> finishing(String owner) {
    return sagas.values().stream().filter(s -> isFinishing(s, owner)).map(Saga::id).toList();
  }

  @Override
  public synchronized Optional<Saga> retake(String owner, String id) {
    return take(id, saga -> isFinishing(saga, owner), saga -> saga.takenOver(owner, OWNER_LOST));
  }

  private static boolean isFinishing(Saga saga, String owner) {
    return saga.isOpen()
        && saga.owner().equals(owner)
        && saga.state() != SagaState.RUNNING
        && (saga.state() != SagaState.PARKED || saga.nextTry() != null);
  }

  @Override
  public synchronized Optional<Saga> adopt(String owner, String id) {
    return take(id, saga -> saga.state() == SagaState.RUNNING, saga -> saga.adopted(owner));
  }

  private Optional<Saga> take(String id, Predicate<Saga> condition, UnaryOperator<Saga> change) {
    Optional<Saga> taken = find(id).filter(condition).map(change);
    taken.ifPresent(saga -> sagas.put(id, saga));
    return taken;
  }

  @Override
  public synchronized int purge(Duration keep, int limit) {
    Instant olderThan = Instant.now().minus(keep);
    List<Saga> old =
        sagas.values().stream()
            .filter(s -> !s.isOpen() && s.updated().isBefore(olderThan) && isLatest(s))
            .limit(limit)
            .toList();
    for (Saga saga : old) {
      sagas.remove(saga.id());
      if (saga.key() != null) {
        attempts.computeIfPresent(
            slot(saga.key()),
            (unused, byNumber) -> {
              byNumber.remove(saga.attempt());
              return byNumber.isEmpty() ? null : byNumber;
            });
      }
    }
    leases.values().removeIf(lease -> lease.end().isBefore(olderThan));
    return old.size();
  }

  private boolean isLatest(Saga saga) {
    return saga.key() == null
        || attempts.get(slot(saga.key())).keySet().stream().allMatch(n -> n <= saga.attempt());
  }

  private boolean expired(Saga saga, Instant now) {
    Lease lease = leases.get(saga.owner());
    return lease == null || !lease.end().isAfter(now);
  }

  private Duration sinceEnd(Saga saga, Instant now) {
    Lease lease = leases.get(saga.owner());
    return lease == null || lease.end().isAfter(now) ? null : Duration.between(lease.end(), now);
  }

  private static List<String> slot(SagaKey key) {
    return List.of(key.scope(), key.value());
  }
}
