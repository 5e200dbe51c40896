package dev.relevo.it;

import dev.relevo.launcher.engine.DatabaseAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Clients that order one thing after another for as long as they are let, and what they were told.
 * At the end everything has to be true of it.
 */
public final class Shoppers {
  private final Ledger ledger = new Ledger();
  private final Client client;
  private final Databases databases;
  private final Duration pause;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Long> successes = new CopyOnWriteArrayList<>();
  private volatile boolean open = true;

  /**
   * @param url where orders are placed
   * @param pause how long each client rests after an answer
   */
  public Shoppers(
      String url,
      DatabaseAccess inventory,
      DatabaseAccess orders,
      DatabaseAccess reports,
      DatabaseAccess saga,
      Duration pause) {
    this.client = new Client(url, ledger);
    this.databases = new Databases(inventory, orders, reports, saga);
    this.pause = pause;
  }

  /** Lets so many clients in. */
  public void start(int clients, int product) {
    for (int i = 0; i < clients; i++) {
      Thread thread = new Thread(() -> shop(product), "shopper-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  private void shop(int product) {
    while (open) {
      int status = client.order(product, 1).status();
      if (status == 200) {
        successes.add(System.nanoTime());
      }
      java.util.concurrent.locks.LockSupport.parkNanos(pause.toNanos());
    }
  }

  /** Lets the clients' last orders end, and sends them home. */
  public void close() {
    open = false;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** How many orders were answered 200. */
  public int placed() {
    return successes.size();
  }

  /** How many answers there were, by status; 0 stands for none. */
  public Map<Integer, Integer> answers() {
    Map<Integer, Integer> answers = new TreeMap<>();
    ledger.entries().forEach(entry -> answers.merge(entry.status(), 1, Integer::sum));
    return answers;
  }

  /**
   * The client's view of an outage: the longest time from one success to the next, of those that
   * ended after a moment.
   *
   * @param since by {@link System#nanoTime}
   */
  public Duration longestGap(long since) {
    long longest = 0;
    Long before = null;
    for (long success : successes.stream().sorted().toList()) {
      if (before != null && success > since) {
        longest = Math.max(longest, success - before);
      }
      before = success;
    }
    return Duration.ofNanos(longest);
  }

  /** Waits until no saga is open; then what isn't true. */
  public List<String> violations() {
    Invariants.awaitQuiet(databases);
    return Invariants.violations(databases, ledger);
  }
}
