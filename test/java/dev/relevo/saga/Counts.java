package dev.relevo.saga;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what a service tells. */
final class Counts implements SagaListener {
  final List<Duration> takeovers = new CopyOnWriteArrayList<>();
  final List<SagaState> written = new CopyOnWriteArrayList<>();
  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger failures = new AtomicInteger();

  @Override
  public void written(Saga saga) {
    written.add(saga.state());
  }

  @Override
  public void takenOver(Saga saga, Duration late) {
    takeovers.add(late == null ? Duration.ofDays(-1) : late);
  }

  @Override
  public void called(Saga saga, Enlistment enlistment, Duration took, Exception failure) {
    calls.incrementAndGet();
    if (failure != null) {
      failures.incrementAndGet();
    }
  }
}
