package dev.relevo.it;

import static org.awaitility.Awaitility.await;

import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.it.KillPlan.Strike;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Two middleware processes on one journal, to be killed, and three applications on real engines,
 * which live in this JVM all along.
 */
final class KillCell implements AutoCloseable {
  private static final int SOLD_OUT = 5;

  private static final class Holder {
    private static final KillCell ONLY = new KillCell(Map.of());

    static {
      TestEngines.beforeStop(ONLY::close);
    }
  }

  /** One for all tests in a JVM. */
  static KillCell get() {
    return Holder.ONLY;
  }

  /** How long a boundary may take to be reached until the kill comes from outside. */
  private static final Duration REACHED = Duration.ofSeconds(15);

  private final Databases databases = Databases.fresh().migrated();
  private final Deque<Instance> instances = new ArrayDeque<>();
  private final FaultProxy reports;
  private final Map<String, String> urls = new TreeMap<>();
  private final int[] ports = {freePort(), freePort()};
  private final LightProcess[] slots = new LightProcess[2];
  private final Takeovers takeovers = new Takeovers();
  private final List<Long> startMillis = new ArrayList<>();
  private Ledger ledger = new Ledger();
  private int product = 1;

  /**
   * @param inventory settings of inventory's instance, such as to take its barrier away
   */
  KillCell(Map<String, ?> inventory) {
    Instance stock = start(Role.INVENTORY, databases.inventory(), inventory);
    Instance orders = start(Role.ORDERS, databases.orders(), Map.of());
    Instance written = start(Role.REPORTS, databases.reports(), Map.of());
    reports = new FaultProxy(written::port);
    reports.inject(
        Fault.REFUSE_INSTEAD,
        request ->
            request.head().contains("/action")
                && request.text().contains("\"qty\":" + Traffic.REFUSED_LAST + "}"));
    for (String letter : List.of("a", "b")) {
      urls.put("inventory.url." + letter, stock.url());
      urls.put("orders.url." + letter, orders.url());
      urls.put("reports.url." + letter, reports.url());
    }
    // The first one lays its classes out for the others when it ends.
    launch(0).awaitReady().close();
    launch(0);
    launch(1);
    slots[0].awaitReady();
    slots[1].awaitReady();
  }

  private Instance start(Role role, DatabaseAccess database, Map<String, ?> settings) {
    Instance instance = TestTopology.start("kills-" + role.id(), role, database, settings);
    instances.push(instance);
    return instance;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LightProcess launch(int slot) {
    slots[slot] =
        new LightProcess(
            "middleware-" + slot, ports[slot], databases.saga(), urls, takeovers::hear);
    return slots[slot];
  }

  Databases databases() {
    return databases;
  }

  Ledger ledger() {
    return ledger;
  }

  List<Client> clients() {
    List<Client> clients = new ArrayList<>();
    for (int port : ports) {
      clients.add(new Client("http://127.0.0.1:" + port, ledger));
    }
    return clients;
  }

  /** A product with stock enough. */
  int product() {
    return product;
  }

  /** Kills as planned while clients order, waits until all is quiet, and lets the checker judge. */
  KillRound run(KillPlan plan) {
    long start = System.nanoTime();
    int before = ledger.entries().size();
    List<KillRound.Kill> kills = new ArrayList<>();
    Traffic traffic = new Traffic(clients(), product, SOLD_OUT, plan.seed() + 31L * plan.round());
    try (traffic) {
      for (Strike strike : plan.strikes()) {
        if (strike.waits()) {
          awaitBoth();
        }
        kills.add(strike(strike));
        launch(strike.slot());
      }
      awaitBoth();
    }
    Invariants.awaitQuiet(databases);
    List<String> violations = Invariants.violations(databases, ledger);
    Map<Integer, Long> statuses =
        ledger.entries().stream()
            .skip(before)
            .collect(
                Collectors.groupingBy(Ledger.Entry::status, TreeMap::new, Collectors.counting()));
    List<Long> started = List.copyOf(startMillis);
    startMillis.clear();
    return new KillRound(
        plan.seed(),
        plan.round(),
        plan.kind(),
        kills,
        traffic.orders(),
        statuses,
        takeovers.drain(),
        started,
        violations,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private void awaitBoth() {
    for (LightProcess process : slots) {
      process.awaitReady();
    }
  }

  private KillRound.Kill strike(Strike strike) {
    LightProcess victim = slots[strike.slot()];
    startMillis.add(victim.awaitReady().startTook().toMillis());
    if (strike.point() == null) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(strike.delayMicros()));
      victim.kill();
    } else {
      victim.arm(strike.point(), strike.times(), strike.delayMicros());
      if (!victim.isDeadWithin(REACHED)) {
        victim.kill();
      }
    }
    await("the process is gone")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !victim.isAlive());
    boolean missed = strike.point() != null && victim.diedAt() == null;
    return new KillRound.Kill(
        strike.slot(), victim.diedAt() == null ? "random" : victim.diedAt(), missed);
  }

  /**
   * Forgets all orders, so that judging a round takes no longer after many rounds. To be called
   * when all is quiet. What the barrier knows stays: a late call must meet it.
   */
  void clear() {
    Databases.update(databases.inventory(), "DELETE FROM stock_movement WHERE saga_id IS NOT NULL");
    Databases.update(
        databases.inventory(),
        "UPDATE product SET stock = (SELECT SUM(delta) FROM stock_movement WHERE product_id ="
            + " product.id)");
    Databases.update(databases.orders(), "DELETE FROM orders");
    Databases.update(databases.reports(), "DELETE FROM report");
    Databases.update(databases.saga(), "DELETE FROM saga");
    ledger = new Ledger();
  }

  /** What the two processes have written to their logs last. */
  String logs() {
    return slots[0].log() + "\n---\n" + slots[1].log();
  }

  @Override
  public void close() {
    for (LightProcess process : slots) {
      process.close();
    }
    reports.close();
    instances.forEach(Instance::close);
  }
}
