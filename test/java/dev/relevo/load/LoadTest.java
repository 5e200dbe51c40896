package dev.relevo.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadTest {
  private static final int STALL_MILLIS = 1000;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private final Collection<String> seen = new ConcurrentLinkedQueue<>();
  private final Collection<String> told = new ConcurrentLinkedQueue<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile int status = 200;
  private HttpServer server;
  private Load load;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          String authorization = exchange.getRequestHeaders().getFirst("Authorization");
          seen.add(
              exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + authorization);
          exchange.getRequestBody().readAllBytes();
          try {
            gate.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          byte[] body = "{}".getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    load =
        new Load(
            Target.edge("http://127.0.0.1:" + server.getAddress().getPort(), "service", "key"),
            (key, product, qty, answer, body) -> told.add(key + " " + answer + " " + body));
  }

  @AfterEach
  void stop() {
    load.close();
    gate.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void theOpenLoopSendsAtItsRates() {
    load.open(Map.of(Kind.ORDER, 40.0, Kind.PRODUCTS, 4.0), Duration.ofSeconds(2));
    List<Sample> samples = load.finished();

    assertThat(samples).filteredOn(s -> s.kind() == Kind.ORDER).hasSize(80);
    assertThat(samples).filteredOn(s -> s.kind() == Kind.PRODUCTS).hasSize(8);
    assertThat(samples).allMatch(Sample::succeeded);
    assertThat(told).hasSize(80).allMatch(line -> line.endsWith(" 200 {}"));
    assertThat(requests).hasValue(88);
  }

  /** Who is due while nothing is answered waits, too: that is what a closed loop hides. */
  @Test
  void aStallIsInTheLatencyOfEveryoneWhoWasDueInIt() {
    gate = new CountDownLatch(1);
    CompletableFuture.delayedExecutor(STALL_MILLIS, TimeUnit.MILLISECONDS).execute(gate::countDown);

    load.open(Map.of(Kind.PRODUCTS, 50.0), Duration.ofMillis(2L * STALL_MILLIS));
    List<Sample> samples = load.finished();

    long first = samples.stream().mapToLong(Sample::due).min().orElseThrow();
    assertThat(samples)
        .filteredOn(s -> s.due() - first < TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS / 2))
        .hasSize(25)
        .allMatch(s -> s.latency().toMillis() >= STALL_MILLIS / 2 - 100);
    assertThat(Percentiles.of(samples).at(100).toMillis())
        .isGreaterThanOrEqualTo(STALL_MILLIS - 100);
  }

  @Test
  void theClosedLoopWaitsForItsAnswers() {
    gate = new CountDownLatch(1);
    CompletableFuture.delayedExecutor(STALL_MILLIS, TimeUnit.MILLISECONDS).execute(gate::countDown);

    load.closed(3, List.of(Kind.ORDER), Duration.ofMillis(STALL_MILLIS / 2));

    assertThat(requests).hasValue(3);
    assertThat(load.finished()).hasSize(3).allMatch(Sample::succeeded);
  }

  @Test
  void whatIsRefusedIsWrittenDown() {
    status = 503;

    load.open(Map.of(Kind.ORDER, 10.0), Duration.ofSeconds(1));

    assertThat(load.finished()).hasSize(10).noneMatch(Sample::succeeded);
    assertThat(told).hasSize(10).allMatch(line -> line.endsWith(" 503 {}"));
  }

  @Test
  void whoGetsNoAnswerIsWrittenDown() {
    server.stop(0);

    load.open(Map.of(Kind.ORDER, 10.0), Duration.ofMillis(500));

    assertThat(load.finished()).hasSize(5).allMatch(sample -> sample.status() == 0);
    assertThat(told).hasSize(5).allMatch(line -> line.contains(" 0 "));
  }

  @Test
  void credentialsGoWhereTheyAreNeeded() {
    Map<Kind, Double> oneOfEach = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      oneOfEach.put(kind, 1.0);
    }
    load.open(oneOfEach, Duration.ofMillis(500));
    load.finished();

    assertThat(seen)
        .containsExactlyInAnyOrder(
            "POST /orders Bearer key",
            "GET /app1/products null",
            "POST /app2/orders Bearer service",
            "POST /app3/reports Bearer service",
            "GET /app3/reports null");
  }

  @Test
  void percentilesAreExact() {
    long[] millis = new long[1000];
    for (int i = 0; i < 1000; i++) {
      millis[i] = TimeUnit.MILLISECONDS.toNanos(1000 - i);
    }
    Percentiles percentiles = Percentiles.ofNanos(millis);

    assertThat(percentiles.at(50)).isEqualTo(Duration.ofMillis(500));
    assertThat(percentiles.at(95)).isEqualTo(Duration.ofMillis(950));
    assertThat(percentiles.at(99.9)).isEqualTo(Duration.ofMillis(999));
    assertThat(percentiles.at(100)).isEqualTo(Duration.ofMillis(1000));
    assertThat(Percentiles.ofNanos().at(50)).isZero();
    assertThat(Percentiles.ofNanos(7).at(1)).isEqualTo(Duration.ofNanos(7));
  }
}
