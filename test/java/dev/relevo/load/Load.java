package dev.relevo.load;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests and writes down each. Open loop: they come at a constant rate, whatever becomes of
 * those before, and a latency begins when its request was due; so what a stall does to those who
 * come meanwhile is in the figures (Gil Tene, "How NOT to Measure Latency": coordinated omission).
 * Closed loop: so many clients, each of which sends its next request when it has its answer.
 *
 * <p>Nothing is tried again. The JVM has to be told so: {@link #noRetries}.
 */
public final class Load implements AutoCloseable {
  private final ExecutorService threads = Executors.newFixedThreadPool(2, Load::daemon);
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(threads)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Target target;
  private final Orders orders;
  private final Collection<Sample> samples = new ConcurrentLinkedQueue<>();
  private final Phaser running = new Phaser(1);
  private final AtomicLong latest = new AtomicLong();
  private volatile boolean over;

  /** Is told what orders came to. */
  @FunctionalInterface
  public interface Orders {
    /**
     * @param status 0 if there was no answer
     * @param body the answer's body; why there is none if there is none
     */
    void answered(String key, int product, int qty, int status, String body);
  }

  public Load(Target target, Orders orders) {
    this.target = target;
    this.orders = orders;
  }

  /**
   * Has this JVM's HTTP clients try nothing a second time, and give a connection up long before any
   * server here does. To be called before the first client is made.
   */
  public static void noRetries() {
    System.setProperty("jdk.httpclient.redirects.retrylimit", "1");
    System.setProperty("jdk.httpclient.disableRetryConnect", "true");
    System.setProperty("jdk.httpclient.keepalive.timeout", "20");
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "load");
    thread.setDaemon(true);
    return thread;
  }

  /** What is due next. */
  private record Due(Kind kind, double perSecond, long number, long start) {
    long at() {
      return start + (long) (number * 1e9 / perSecond);
    }

    Due next() {
      return new Due(kind, perSecond, number + 1, start);
    }
  }

  /**
   * Sends requests at these rates, evenly spaced, for that long or until {@link #stop}; returns
   * when the last one was sent.
   */
  public void open(Map<Kind, Double> perSecond, Duration howLong) {
    long start = System.nanoTime();
    long end = start + howLong.toNanos();
    PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(d -> d.at() - start));
    perSecond.forEach((kind, rate) -> due.add(new Due(kind, rate, 0, start)));
    while (!due.isEmpty()) {
      Due next = due.remove();
      if (next.at() - end >= 0) {
        continue;
      }
      awaitTime(next.at());
      if (over) {
        return;
      }
      latest.accumulateAndGet(System.nanoTime() - next.at(), Math::max);
      send(next.kind(), next.at());
      due.add(next.next());
    }
  }

  private void awaitTime(long time) {
    for (long wait = time - System.nanoTime(); wait > 0 && !over; wait = time - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(wait, TimeUnit.MILLISECONDS.toNanos(100)));
    }
  }

  /** How late a request of the open loop was sent at worst: what this machine adds to a latency. */
  public Duration latest() {
    return Duration.ofNanos(latest.get());
  }

  /**
   * Has so many clients send requests of these kinds in turn, for that long; returns when all have
   * their last answer.
   */
  public void closed(int clients, List<Kind> kinds, Duration howLong) {
    long end = System.nanoTime() + howLong.toNanos();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      CompletableFuture<Void> ended = new CompletableFuture<>();
      all.add(ended);
      // Not all of them send the same kind at the same time.
      next(kinds, i * kinds.size() / clients, end, ended);
    }
    all.forEach(CompletableFuture::join);
  }

  private void next(List<Kind> kinds, int at, long end, CompletableFuture<Void> ended) {
    long now = System.nanoTime();
    if (over || now - end >= 0) {
      ended.complete(null);
    } else {
      send(kinds.get(at % kinds.size()), now)
          .thenAccept(sample -> next(kinds, at + 1, end, ended))
          .exceptionally(
              failure -> {
                ended.completeExceptionally(failure);
                return null;
              });
    }
  }

  private CompletableFuture<Sample> send(Kind kind, long due) {
    String key = Target.newKey();
    running.register();
    return http.sendAsync(target.request(kind, key), HttpResponse.BodyHandlers.ofString())
        .handle(
            (response, failure) -> {
              Duration latency = Duration.ofNanos(System.nanoTime() - due);
              int status = response == null ? 0 : response.statusCode();
              if (kind == Kind.ORDER) {
                orders.answered(
                    key, 1, 1, status, response == null ? failure.toString() : response.body());
              }
              Sample sample = new Sample(kind, due, latency, status);
              samples.add(sample);
              running.arriveAndDeregister();
              return sample;
            });
  }

  /** Has nothing more sent. */
  public void stop() {
    over = true;
  }

  /** What has been written down so far; a view that grows. */
  public Collection<Sample> samples() {
    return samples;
  }

  /** Waits for the answers to what was sent; then all there is. */
  public List<Sample> finished() {
    running.arriveAndAwaitAdvance();
    return List.copyOf(samples);
  }

  @Override
  public void close() {
    stop();
    threads.shutdownNow();
  }
}
