package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.it.Client.Answer;
import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.role.Role;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The proof that the checker proves something: with inventory's barrier switched off, the faults
 * that the other tests survive lead to violations, and the checker finds them.
 */
class BarrierOffIT {
  private static final int PRODUCT = 1;

  private static final Deque<Instance> instances = new ArrayDeque<>();
  private static Databases databases;
  private static FaultProxy inventoryA;
  private static FaultProxy orders;
  private static String url;

  private final Ledger ledger = new Ledger();
  private final Client client = new Client(url, ledger);

  @BeforeAll
  static void start() {
    databases = Databases.fresh();
    Instance inventory =
        add(
            TestTopology.start(
                "unguarded-inventory",
                Role.INVENTORY,
                databases.inventory(),
                Map.of("relevo.barrier.enabled", false)));
    Instance ordersOnly =
        add(TestTopology.start("its-orders", Role.ORDERS, databases.orders(), Map.of()));
    Instance reports =
        add(TestTopology.start("its-reports", Role.REPORTS, databases.reports(), Map.of()));
    inventoryA = new FaultProxy(inventory::port);
    orders = new FaultProxy(ordersOnly::port);
    Map<String, Object> urls = new HashMap<>();
    urls.put("inventory.url.a", inventoryA.url());
    urls.put("inventory.url.b", inventory.url());
    urls.put("orders.url.a", orders.url());
    urls.put("orders.url.b", orders.url());
    urls.put("reports.url.a", reports.url());
    urls.put("reports.url.b", reports.url());
    url = add(TestTopology.start("its-middleware", Role.MIDDLEWARE, databases.saga(), urls)).url();
  }

  private static Instance add(Instance instance) {
    instances.push(instance);
    return instance;
  }

  @AfterAll
  static void stop() {
    inventoryA.close();
    orders.close();
    instances.forEach(Instance::close);
  }

  @BeforeEach
  void nothingIsWrongYet() {
    inventoryA.release();
    orders.release();
    for (var saga : Books.read(databases).sagas()) {
      Databases.update(
          databases.inventory(), "DELETE FROM stock_movement WHERE saga_id = ?", saga.id());
    }
    Databases.update(
        databases.inventory(),
        "UPDATE product SET stock = (SELECT SUM(delta) FROM stock_movement WHERE product_id ="
            + " product.id)");
    Databases.update(databases.orders(), "DELETE FROM orders");
    Databases.update(databases.reports(), "DELETE FROM report");
    Databases.update(databases.saga(), "DELETE FROM saga");
    await("an order is placed")
        .atMost(Shop.PATIENCE)
        .until(() -> client.order(PRODUCT, 1).status() == 200);
    Invariants.assertHold(databases, ledger);
  }

  @Test
  void aRepeatedCallIsFound() {
    inventoryA.inject(Fault.CUT_BEFORE_ANSWER, "/action");

    Answer answer = client.order(PRODUCT, 2);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    Invariants.awaitQuiet(databases);
    assertThat(Invariants.violations(databases, ledger))
        .anyMatch(violation -> violation.startsWith("1: product 1 got"))
        .anyMatch(violation -> violation.startsWith("2: 4 of stock were taken for Order"));
  }

  @Test
  void aCallThatComesAfterItsCompensationIsFound() {
    inventoryA.inject(Fault.HOLD, "/action");
    orders.inject(Fault.REFUSE_INSTEAD, "/action");

    Answer answer = client.order(PRODUCT, 2);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
    Invariants.assertHold(databases, ledger);
    inventoryA.release();
    await("the late call is answered")
        .atMost(Shop.PATIENCE)
        .until(() -> inventoryA.delivered() == 1);
    List<String> violations = Invariants.violations(databases, ledger);
    assertThat(violations)
        .anyMatch(violation -> violation.startsWith("1: product 1 got"))
        .anyMatch(
            violation -> violation.matches("2: saga .* moved the stock of product 1 by -2 .*"));
  }
}
