package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What the tests on the topology have in common. */
final class Shop {
  /** How long a condition may take to come true on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(120);

  private Shop() {}

  /** Creates a product; returns its id. */
  static int newProduct(int stock) {
    Answer created =
        inventory().post("/products", "{\"name\":\"Of a test\",\"stock\":%d}".formatted(stock));
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    return created.json().get("id").intValue();
  }

  static int stock(int product) {
    return inventory().get("/products/" + product).json().get("stock").intValue();
  }

  private static Client inventory() {
    return new Client(TestTopology.url("inventory-b"), new Ledger());
  }

  /** The state of a circuit breaker, such as that of {@code orders-a}, by {@code GET /health}. */
  static String breaker(Client middleware, String name) {
    return middleware.get("/health").json().path("breakers").path(name).asText();
  }

  static void awaitBreaker(Client middleware, String name, String state) {
    await("the breaker " + name + " is " + state)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> breaker(middleware, name).equals(state));
  }

  /**
   * Orders until the breakers of all instances A let calls through again. Those of B see no call,
   * and keep their state, until they are needed.
   */
  static void awaitBreakersClosed(Client middleware, int product) {
    await("the breakers are closed")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              Answer order = middleware.order(product, 1);
              JsonNode breakers = middleware.get("/health").json().path("breakers");
              return order.status() == 200
                  && Stream.of("inventory-a", "orders-a", "reports-a")
                      .allMatch(name -> breakers.path(name).asText().equals("closed"));
            });
  }

  /** Waits until a count that others raise has grown by so much. */
  static void awaitMore(AtomicInteger count, int more) {
    int before = count.get();
    await("%d more of what there were %d".formatted(more, before))
        .atMost(PATIENCE)
        .until(() -> count.get() >= before + more);
  }

  /** Has all the work done at the same time. */
  static <T> List<T> together(int threads, Callable<T> work) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<T>> copies = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        copies.add(work);
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : pool.invokeAll(copies)) {
        results.add(result.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }
}
