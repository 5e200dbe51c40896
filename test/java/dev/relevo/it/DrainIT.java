package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.it.Client.Answer;
import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.TestEngines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A role in a process of its own is told to stop while it has work. */
@Timeout(600)
class DrainIT {
  private static final Pattern READY = Pattern.compile("ready on port (\\d+)");
  private static final int CLIENTS = 8;
  private static final int ANSWERS = 200;

  @TempDir Path folder;

  /** Its passwords come from files, as a container's do. */
  private RelevoProcess start(String role, DatabaseAccess access, List<String> more)
      throws IOException {
    Path secrets = Files.createDirectory(folder.resolve("secrets"));
    Files.writeString(secrets.resolve("spring.datasource.password"), access.appPassword() + "\n");
    Files.writeString(secrets.resolve("spring.flyway.password"), access.migratorPassword());
    Files.writeString(secrets.resolve("relevo.service-token"), TestTopology.SERVICE_TOKEN);
    List<String> args = new ArrayList<>();
    args.add(role);
    args.add("--server.port=0");
    args.add("--relevo.secrets=" + secrets);
    args.add("--relevo.http.drain=3s");
    args.add("--spring.datasource.url=" + access.jdbcUrl());
    args.add("--spring.datasource.username=" + access.appUser());
    args.add("--spring.flyway.url=" + access.jdbcUrl());
    args.add("--spring.flyway.user=" + access.migratorUser());
    args.addAll(more);
    return RelevoProcess.start(folder, args.toArray(String[]::new));
  }

  private static String urlOf(RelevoProcess process) {
    Matcher ready = READY.matcher(process.awaitLine("ready on port"));
    assertThat(ready.find()).isTrue();
    return "http://127.0.0.1:" + ready.group(1);
  }

  private static void awaitUnready(Client client) {
    await()
        .atMost(Shop.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> client.get("/observe/health/ready").status() == 503);
  }

  /** Clients that leave when readiness says so, as a proxy does, have had an answer to all. */
  @Test
  void noRequestOfManyClientsIsLost() throws IOException {
    DatabaseAccess database = TestEngines.freshDatabase(TestEngines.postgres());
    AtomicInteger created = new AtomicInteger();
    AtomicBoolean leave = new AtomicBoolean();
    List<Answer> unanswered = new ArrayList<>();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (RelevoProcess orders = start("orders", database, List.of())) {
      String url = urlOf(orders);
      List<CompletableFuture<List<Answer>>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        running.add(
            CompletableFuture.supplyAsync(
                () -> createUntil(leave, new Client(url, new Ledger()), created), clients));
      }
      await().atMost(Shop.PATIENCE).until(() -> created.get() > ANSWERS);

      orders.terminate();

      awaitUnready(new Client(url, new Ledger()));
      leave.set(true);
      running.forEach(client -> unanswered.addAll(client.join()));
      assertThat(orders.exitCodeWithin(60)).as(orders.text()).isEqualTo(143);
      assertThat(orders.text()).contains("] stopped").doesNotContain("\tat ");
    } finally {
      leave.set(true);
      clients.shutdownNow();
    }
    assertThat(unanswered).isEmpty();
    assertThat(
            Databases.query(database, row -> row.getInt(1), "SELECT count(*) FROM orders").get(0))
        .isEqualTo(created.get());
  }

  /** Returns the answers that were none or a no. */
  private static List<Answer> createUntil(
      AtomicBoolean leave, Client client, AtomicInteger created) {
    List<Answer> others = new ArrayList<>();
    while (!leave.get()) {
      Answer answer = client.post("/orders", "{\"product_id\":1,\"qty\":1}");
      if (answer.status() == 201) {
        created.incrementAndGet();
      } else {
        others.add(answer);
      }
    }
    return others;
  }

  @Test
  void anOrderThatRunsIsFinished() throws IOException {
    TestTopology.get();
    int product = Shop.newProduct(1000);
    Ledger ledger = new Ledger();
    try (FaultProxy inventory = new FaultProxy(() -> TestTopology.instance("inventory-a").port());
        RelevoProcess middleware = start("middleware", TestEngines.all().saga(), urls(inventory))) {
      String url = urlOf(middleware);
      Client client = new Client(url, ledger);
      assertThat(client.order(product, 1).status()).isEqualTo(200);
      inventory.inject(Fault.HOLD, "/decrement");
      CompletableFuture<Answer> order =
          CompletableFuture.supplyAsync(() -> client.order(product, 2));
      await().atMost(Shop.PATIENCE).until(() -> inventory.struck() > 0);

      middleware.terminate();

      awaitUnready(new Client(url, new Ledger()));
      assertThat(order).isNotDone();
      inventory.release();
      Answer answer = order.join();
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      assertThat(middleware.exitCodeWithin(60)).as(middleware.text()).isEqualTo(143);
      assertThat(middleware.text()).doesNotContain("\tat ");
    }
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }

  /** The one that holds is asked for as A and B, and for longer than the order waits for it. */
  private static List<String> urls(FaultProxy inventory) {
    List<String> urls = new ArrayList<>();
    urls.add("--inventory.url.a=" + inventory.url());
    urls.add("--inventory.url.b=" + inventory.url());
    urls.add("--relevo.participant.response-timeout=14000");
    for (String participant : List.of("orders", "reports")) {
      for (String letter : List.of("a", "b")) {
        urls.add(
            "--%s.url.%s=%s"
                .formatted(participant, letter, TestTopology.url(participant + "-" + letter)));
      }
    }
    return urls;
  }
}
