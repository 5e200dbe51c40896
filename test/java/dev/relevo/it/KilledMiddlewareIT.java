package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.TestEngines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two middlewares as a person starts them, each in a process of its own, are killed under load; a
 * client whose order was cut off repeats it at the other one.
 */
@Timeout(900)
class KilledMiddlewareIT {
  private static final Pattern READY = Pattern.compile("middleware: ready on port (\\d+)");
  private static final int CLIENTS = 3;
  private static final int ORDERS_IN_EACH_PHASE = 100;

  private final Ledger ledger = new Ledger();
  private final RelevoProcess[] processes = new RelevoProcess[2];
  private final AtomicReferenceArray<Client> slots = new AtomicReferenceArray<>(2);
  private final AtomicInteger placed = new AtomicInteger();

  @TempDir Path folder;

  @Test
  void nothingIsLostOrDoubled() {
    int product = Shop.newProduct(1_000_000);
    long takenOver = takenOver();
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    // What the processes leave is for the processes.
    Instance other = TestTopology.instance("middleware");
    other.close();
    try {
      start(0);
      start(1);
      List<CompletableFuture<Void>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int first = i % 2;
        running.add(CompletableFuture.runAsync(() -> orderUntil(over, product, first), clients));
      }
      for (int killed : new int[] {0, 1, 0}) {
        awaitOrders();
        processes[killed].kill();
        awaitOrders();
        start(killed);
      }
      awaitOrders();
      over.set(true);
      running.forEach(CompletableFuture::join);
      Invariants.assertHold(Databases.ofTopology(), ledger);
    } finally {
      over.set(true);
      clients.shutdown();
      for (RelevoProcess process : processes) {
        if (process != null) {
          process.close();
        }
      }
      other.start();
    }
    assertThat(ledger.entries()).as("orders that were cut off").anyMatch(e -> e.status() == 0);
    assertThat(takenOver()).isGreaterThan(takenOver);
  }

  private void orderUntil(AtomicBoolean over, int product, int first) {
    int slot = first;
    while (!over.get()) {
      String key = UUID.randomUUID().toString();
      while (slots.get(slot).order(key, product, 1).status() != 200) {
        slot = 1 - slot;
      }
      placed.incrementAndGet();
    }
  }

  private void awaitOrders() {
    Shop.awaitMore(placed, ORDERS_IN_EACH_PHASE);
  }

  private static long takenOver() {
    return Databases.query(
            Databases.ofTopology().saga(),
            row -> row.getLong(1),
            "SELECT count(*) FROM saga WHERE epoch > 1")
        .get(0);
  }

  private void start(int slot) {
    DatabaseAccess access = TestEngines.all().saga();
    List<String> args = new ArrayList<>();
    args.add("middleware");
    args.add("--server.port=0");
    args.add("--relevo.service-token=" + TestTopology.SERVICE_TOKEN);
    args.add("--relevo.admission.patience=60s");
    args.add("--spring.datasource.url=" + access.jdbcUrl());
    args.add("--spring.datasource.username=" + access.appUser());
    args.add("--spring.datasource.password=" + access.appPassword());
    args.add("--spring.flyway.user=" + access.migratorUser());
    args.add("--spring.flyway.password=" + access.migratorPassword());
    for (String participant : ProxiedMiddleware.PARTICIPANTS) {
      for (String letter : List.of("a", "b")) {
        String url = TestTopology.url(participant + "-" + letter);
        args.add("--%s.url.%s=%s".formatted(participant, letter, url));
      }
    }
    processes[slot] = RelevoProcess.start(folder, args.toArray(String[]::new));
    Matcher ready = READY.matcher(processes[slot].awaitLine("middleware: ready on port"));
    assertThat(ready.find()).isTrue();
    slots.set(slot, new Client("http://127.0.0.1:" + ready.group(1), ledger));
  }
}
