package dev.relevo.it;

import dev.relevo.it.Client.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that order from two instances until they are told to stop: most orders can be placed, one
 * in ten is refused by its first step, one in five by its last one. Three in ten are sent twice at
 * the same time, and three quarters of those that get no answer are repeated at the other instance
 * with the same key, as a reverse proxy does.
 */
final class Traffic implements AutoCloseable {
  /** Orders of that quantity are refused by the last step. */
  static final int REFUSED_LAST = 7;

  private static final int CLIENTS = 5;
  private static final int TRIES = 40;
  private static final long PAUSE_MILLIS = 120;

  private final List<Client> instances;
  private final int product;
  private final int soldOut;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<CompletableFuture<Void>> running = new ArrayList<>();
  private final AtomicInteger orders = new AtomicInteger();
  private volatile boolean over;

  /**
   * @param product one with stock enough
   * @param soldOut one without
   */
  Traffic(List<Client> instances, int product, int soldOut, long seed) {
    this.instances = instances;
    this.product = product;
    this.soldOut = soldOut;
    for (int i = 0; i < CLIENTS; i++) {
      Random random = new Random(seed + i);
      running.add(CompletableFuture.runAsync(() -> orderUntilOver(random), threads));
    }
  }

  private void orderUntilOver(Random random) {
    while (!over) {
      int draw = random.nextInt(10);
      int item = draw == 0 ? soldOut : product;
      int qty = draw == 1 || draw == 2 ? REFUSED_LAST : 1 + random.nextInt(3);
      boolean twice = random.nextInt(10) < 3;
      // Whoever does not come back leaves his saga to the background scan.
      int tries = random.nextInt(4) == 0 ? 1 : TRIES;
      int at = random.nextInt(2);
      // Drawn here, so that the traffic, too, is the seed's.
      String key = new UUID(random.nextLong(), random.nextLong()).toString();
      CompletableFuture<Void> again =
          twice
              ? CompletableFuture.runAsync(() -> order(key, item, qty, 1 - at, tries), threads)
              : CompletableFuture.completedFuture(null);
      order(key, item, qty, at, tries);
      again.join();
      orders.incrementAndGet();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextLong(PAUSE_MILLIS)));
    }
  }

  private void order(String key, int item, int qty, int firstAt, int tries) {
    int at = firstAt;
    for (int i = 0; i < tries; i++) {
      Answer answer = instances.get(at).order(key, item, qty);
      if (answer.status() == 200 || answer.status() == 404 || isNo(answer)) {
        return;
      }
      at = 1 - at;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2 * PAUSE_MILLIS));
    }
  }

  private static boolean isNo(Answer answer) {
    return answer.status() == 409 && !answer.body().contains("idempotency-in-progress");
  }

  /** How many orders have come to an end, whatever it was. */
  int orders() {
    return orders.get();
  }

  /** No client begins another order; returns when those that are under way have ended. */
  @Override
  public void close() {
    over = true;
    running.forEach(CompletableFuture::join);
    threads.shutdown();
  }
}
