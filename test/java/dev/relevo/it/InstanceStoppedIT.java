package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application's instance A is stopped and started again while clients order. */
class InstanceStoppedIT {
  private static final int CLIENTS = 10;
  private static final int ORDERS_IN_EACH_PHASE = 100;

  private final Ledger ledger = new Ledger();
  private final Client client = new Client(TestTopology.url("middleware"), ledger);
  private final AtomicInteger answered = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(strings = {"inventory-a", "orders-a", "reports-a"})
  void everyOrderIsPlacedAllTheSame(String name) {
    int product = Shop.newProduct(1_000_000);
    Instance stopped = TestTopology.instance(name);
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      CompletableFuture<?>[] running = new CompletableFuture<?>[CLIENTS];
      for (int i = 0; i < CLIENTS; i++) {
        running[i] = CompletableFuture.runAsync(() -> orderUntil(over, product), clients);
      }
      awaitOrders();
      assertThat(Shop.breaker(client, name)).isEqualTo("closed");

      stopped.close();
      Shop.awaitBreaker(client, name, "open");
      awaitOrders();

      stopped.start();
      Shop.awaitBreaker(client, name, "closed");
      awaitOrders();

      over.set(true);
      CompletableFuture.allOf(running).join();
    } finally {
      over.set(true);
      clients.shutdown();
      stopped.start();
    }
    assertThat(ledger.entries()).filteredOn(entry -> entry.status() != 200).isEmpty();
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }

  private void orderUntil(AtomicBoolean over, int product) {
    while (!over.get()) {
      Answer answer = client.order(product, 1);
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      answered.incrementAndGet();
    }
  }

  private void awaitOrders() {
    Shop.awaitMore(answered, ORDERS_IN_EACH_PHASE);
  }
}
