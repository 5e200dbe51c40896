package dev.relevo.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A number of keys, each sent twice at the same time, to one instance or to both; three in ten are
 * repeated once more, by a client that has its answer or by one that did not wait for it.
 *
 * @param requests how many requests that were
 * @param statuses how many of them had which answer
 * @param violations what the checker said, in words
 */
record KeyRound(
    long seed,
    int round,
    int keys,
    int requests,
    Map<Integer, Long> statuses,
    List<String> violations,
    long tookMillis) {
  private static final int CLIENTS = 8;
  private static final int LONGEST_WAIT_MILLIS = 60;

  /** Runs a round; the ledger and the books of the cell hold it until they are cleared. */
  static KeyRound run(KillCell cell, long seed, int round, int keys) {
    long start = System.nanoTime();
    int before = cell.ledger().entries().size();
    List<Client> instances = cell.clients();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<CompletableFuture<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random((seed * 1_000_003 + round) * CLIENTS + i);
        int share = keys / CLIENTS + (i < keys % CLIENTS ? 1 : 0);
        clients.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int n = 0; n < share; n++) {
                    one(instances, cell.product(), random, threads);
                  }
                },
                threads));
      }
      clients.forEach(CompletableFuture::join);
    } finally {
      threads.shutdown();
    }
    Invariants.awaitQuiet(cell.databases());
    List<Ledger.Entry> entries = cell.ledger().entries();
    return new KeyRound(
        seed,
        round,
        keys,
        entries.size() - before,
        entries.stream()
            .skip(before)
            .collect(
                Collectors.groupingBy(Ledger.Entry::status, TreeMap::new, Collectors.counting())),
        Invariants.violations(cell.databases(), cell.ledger()),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private static void one(
      List<Client> instances, int product, Random random, ExecutorService threads) {
    String key = new UUID(random.nextLong(), random.nextLong()).toString();
    int at = random.nextInt(2);
    int secondAt = random.nextInt(2);
    boolean isRepeated = random.nextInt(10) < 3;
    boolean waits = random.nextBoolean();
    long pause = TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_WAIT_MILLIS));
    CompletableFuture<?> second =
        CompletableFuture.runAsync(() -> instances.get(secondAt).order(key, product, 1), threads);
    CompletableFuture<?> impatient =
        isRepeated && !waits
            ? CompletableFuture.runAsync(
                () -> {
                  LockSupport.parkNanos(pause);
                  instances.get(1 - at).order(key, product, 1);
                },
                threads)
            : CompletableFuture.completedFuture(null);
    instances.get(at).order(key, product, 1);
    second.join();
    impatient.join();
    if (isRepeated && waits) {
      instances.get(1 - at).order(key, product, 1);
    }
  }
}
