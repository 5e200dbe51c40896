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

/**
 * A journal that ends with its process: for tests, and to measure what durability costs. Not for
 * orders that matter.
 */
public final class MemorySagaJournal implements SagaJournal {
  private final Map<String, Saga> sagas = new HashMap<>();
  private final Map<SagaKey, String> attempts = new HashMap<>();
  private final Map<String, Instant> leases = new HashMap<>();

  @Override
  public synchronized void begin(Saga saga) {
    if (saga.key() != null) {
      SagaKey slot = slot(saga);
      String holder = attempts.putIfAbsent(slot, saga.id());
      if (holder != null && !holder.equals(saga.id())) {
        throw new SagaKeyTakenException(saga.key(), saga.attempt());
      }
    }
    sagas.putIfAbsent(saga.id(), saga);
  }

  @Override
  public synchronized void write(SagaState from, Saga saga) {
    Saga row = sagas.get(saga.id());
    if (row == null || row.epoch() != saga.epoch()) {
      throw new SagaTakenOverException("Saga " + saga.id() + " is not under this epoch", null);
    }
    if (row.state() != from && row.state() != saga.state()) {
      throw new SagaTakenOverException("Saga " + saga.id() + " is " + row.state(), null);
    }
    sagas.put(saga.id(), saga);
  }

  @Override
  public synchronized Optional<Saga> find(String id) {
    return Optional.ofNullable(sagas.get(id));
  }

  @Override
  public synchronized Optional<Saga> latest(String scope, String key) {
    return sagas.values().stream()
        .filter(s -> s.key() != null)
        .filter(s -> s.key().scope().equals(scope) && s.key().value().equals(key))
        .max(Comparator.comparingInt(Saga::attempt));
  }

  @Override
  public synchronized List<Saga> list(SagaState state, int limit, String before) {
    Comparator<Saga> order = Comparator.comparing(Saga::created).thenComparing(Saga::id).reversed();
    Saga from = before == null ? null : sagas.get(before);
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
  public synchronized void renew(String owner, Duration lease) {
    leases.put(owner, Instant.now().plus(lease));
  }

  @Override
  public synchronized void release(String owner) {
    leases.put(owner, Instant.now());
  }

  @Override
  public synchronized List<Saga> takeOver(String owner, Duration grace, int limit) {
    Instant late = Instant.now().minus(grace);
    Predicate<Saga> due =
        saga ->
            switch (saga.state()) {
              case RUNNING -> expired(saga) || saga.deadline().isBefore(late);
              case COMPENSATING -> expired(saga) || saga.updated().isBefore(late.minus(STALLED));
              case PARKED ->
                  expired(saga) && saga.nextTry() != null && saga.nextTry().isBefore(Instant.now());
              case COMPLETED -> expired(saga) && saga.isOpen();
              case COMPENSATED -> false;
            };
    List<Saga> taken =
        sagas.values().stream()
            .filter(due)
            .limit(limit)
            .map(saga -> saga.takenOver(owner, OWNER_LOST))
            .toList();
    taken.forEach(saga -> sagas.put(saga.id(), saga));
    return taken;
  }

  @Override
  public synchronized Optional<Saga> takeOver(String owner, String id, boolean onlyExpired) {
    Optional<Saga> taken =
        find(id)
            .filter(saga -> !saga.state().isFinal())
            .filter(saga -> !onlyExpired || expired(saga))
            .map(saga -> saga.takenOver(owner, OWNER_LOST));
    taken.ifPresent(saga -> sagas.put(id, saga));
    return taken;
  }

  @Override
  public synchronized Optional<Saga> adopt(String owner, String id) {
    Optional<Saga> taken =
        find(id).filter(saga -> saga.state() == SagaState.RUNNING).map(saga -> saga.adopted(owner));
    taken.ifPresent(saga -> sagas.put(id, saga));
    return taken;
  }

  @Override
  public synchronized int purge(Instant olderThan, int limit) {
    List<Saga> old =
        sagas.values().stream()
            .filter(s -> s.state().isFinal() && !s.isOpen() && s.updated().isBefore(olderThan))
            .limit(limit)
            .toList();
    for (Saga saga : old) {
      sagas.remove(saga.id());
      if (saga.key() != null) {
        attempts.remove(slot(saga));
      }
    }
    leases.values().removeIf(end -> end.isBefore(olderThan));
    return old.size();
  }

  private boolean expired(Saga saga) {
    Instant end = leases.get(saga.owner());
    return end == null || !end.isAfter(Instant.now());
  }

  private static SagaKey slot(Saga saga) {
    return new SagaKey(saga.key().scope(), saga.key().value(), Integer.toString(saga.attempt()));
  }
}
