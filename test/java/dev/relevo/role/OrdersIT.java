package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.RunningRole.Reply;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The orders over HTTP, on a real PostgreSQL. */
class OrdersIT {
  private static RunningRole orders;

  @BeforeAll
  static void start() {
    orders = new RunningRole(Role.ORDERS, TestEngines.freshDatabase(TestEngines.postgres()));
  }

  @AfterAll
  static void stop() {
    if (orders != null) {
      orders.close();
    }
  }

  private static JsonNode create(int product, int qty) {
    Reply reply = orders.post("/orders", "{\"product_id\":" + product + ",\"qty\":" + qty + "}");
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    return reply.json();
  }

  private static Reply move(String order, String status) {
    return orders.post("/orders/" + order + "/status", "{\"status\":\"" + status + "\"}");
  }

  private static String status(String order) {
    return orders.get("/orders/" + order).json().get("status").asText();
  }

  @Test
  void createsAnOrder() {
    Reply reply = orders.post("/orders", "{\"product_id\":3,\"qty\":2}");
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    JsonNode order = reply.json();
    assertThat(reply.header("Location")).isEqualTo("/orders/" + order.get("id"));
    assertThat(reply.text()).isEqualTo(orders.get("/orders/" + order.get("id")).text());
    assertThat(order.get("product_id").intValue()).isEqualTo(3);
    assertThat(order.get("qty").intValue()).isEqualTo(2);
    assertThat(order.get("status").asText()).isEqualTo("created");
    assertThat(order.get("saga_id").isNull()).isTrue();
    assertThat(order.get("created_at").asText()).endsWith("Z");
    assertThat(Duration.between(Instant.parse(order.get("created_at").asText()), Instant.now()))
        .isBetween(Duration.ofMinutes(-1), Duration.ofMinutes(1));
  }

  @Test
  void everyClientGetsTheRowItInserted() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(20);
    try {
      List<Future<JsonNode>> created = new ArrayList<>();
      for (int i = 1; i <= 100; i++) {
        int qty = i;
        created.add(clients.submit(() -> create(1, qty)));
      }
      Set<Long> ids = new HashSet<>();
      for (int i = 1; i <= 100; i++) {
        JsonNode order = created.get(i - 1).get(30, TimeUnit.SECONDS);
        assertThat(order.get("qty").intValue()).isEqualTo(i);
        ids.add(order.get("id").longValue());
      }
      assertThat(ids).hasSize(100);
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void pagesThroughAllOrders() {
    Set<Long> created = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      created.add(create(1, 1).get("id").longValue());
    }
    List<Long> seen = new ArrayList<>();
    String after = "0";
    do {
      JsonNode page = orders.get("/orders?limit=2&after=" + after).json();
      page.get("items").forEach(item -> seen.add(item.get("id").longValue()));
      after = page.get("next").asText();
    } while (!after.equals("null"));
    assertThat(seen).isSorted().doesNotHaveDuplicates().containsAll(created);
  }

  @ParameterizedTest
  @CsvSource({
    "created, paid shipped delivered",
    "paid, shipped delivered",
    "cancelled at once, cancelled",
    "cancelled when paid, paid cancelled"
  })
  void makesLegalMoves(String name, String moves) {
    String order = create(1, 1).get("id").asText();
    if (name.equals("paid")) {
      move(order, "paid");
    }
    for (String next : moves.split(" ")) {
      Reply reply = move(order, next);
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      assertThat(reply.json().get("status").asText()).isEqualTo(next);
      assertThat(reply.text()).isEqualTo(orders.get("/orders/" + order).text());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', created",
    "'', shipped",
    "'', delivered",
    "paid, created",
    "paid, paid",
    "paid, delivered",
    "paid shipped, cancelled",
    "paid shipped, paid",
    "paid shipped delivered, cancelled",
    "paid shipped delivered, shipped",
    "cancelled, created",
    "cancelled, cancelled",
    "cancelled, paid"
  })
  void refusesIllegalMoves(String before, String wanted) {
    String order = create(1, 1).get("id").asText();
    for (String next : before.isEmpty() ? new String[0] : before.split(" ")) {
      assertThat(move(order, next).status()).isEqualTo(200);
    }
    String was = status(order);
    Reply reply = move(order, wanted);
    assertThat(reply.status()).as(reply.text()).isEqualTo(409);
    assertThat(reply.json().get("type").asText())
        .isEqualTo("urn:relevo:problem:illegal-status-change");
    assertThat(reply.json().get("detail").asText())
        .isEqualTo("Order %s is %s; it can't become %s.".formatted(order, was, wanted));
    assertThat(status(order)).isEqualTo(was);
  }

  @Test
  void saysThatAnOrderIsUnknown() {
    for (Reply reply : List.of(orders.get("/orders/999999"), move("999999", "paid"))) {
      assertThat(reply.status()).as(reply.text()).isEqualTo(404);
      assertThat(reply.json().get("detail").asText()).isEqualTo("There is no order 999999.");
    }
    assertThat(move("999999", "lost").status()).isEqualTo(422);
  }

  @Test
  void anOrderOfASagaIsCancelledByItsCompensationOnly() {
    String saga = UUID.randomUUID().toString();
    String body = "{\"product_id\":1,\"qty\":1}";
    Reply created = orders.step(saga, "create-order/2/action", "/orders", body);
    Reply again = orders.step(saga, "create-order/2/action", "/orders", body);
    assertThat(created.status()).as(created.text()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text()).isEqualTo(created.text());
    assertThat(again.header("Location")).isEqualTo(created.header("Location"));
    assertThat(created.json().get("saga_id").asText()).isEqualTo(saga);
    String order = created.json().get("id").asText();

    Reply direct = move(order, "cancelled");
    assertThat(direct.status()).isEqualTo(409);
    assertThat(direct.json().get("detail").asText())
        .isEqualTo(
            "Order %s belongs to saga %s; only the compensation of that saga cancels it."
                .formatted(order, saga));
    String path = "/orders/by-saga/" + saga + "/status";
    Reply untrusted = orders.post(path, "{\"status\":\"cancelled\"}");
    assertThat(untrusted.status()).as(untrusted.text()).isEqualTo(409);
    assertThat(untrusted.json().get("detail").asText())
        .isEqualTo("Only the compensation of saga " + saga + " cancels its order.");
    assertThat(status(order)).isEqualTo("created");

    for (int i = 0; i < 2; i++) {
      Reply undone =
          orders.step(saga, "create-order/2/compensation", path, "{\"status\":\"cancelled\"}");
      assertThat(undone.status()).as(undone.text()).isEqualTo(200);
      assertThat(undone.json().get("status").asText()).isEqualTo("cancelled");
      assertThat(undone.json().get("id").asText()).isEqualTo(order);
    }
    assertThat(status(order)).isEqualTo("cancelled");
  }

  @Test
  void aCompensationThatCannotUndoSaysSoEachTime() {
    String saga = UUID.randomUUID().toString();
    Reply created =
        orders.step(saga, "create-order/2/action", "/orders", "{\"product_id\":1,\"qty\":1}");
    String order = created.json().get("id").asText();
    move(order, "paid");
    move(order, "shipped");
    for (int i = 0; i < 2; i++) {
      Reply refused =
          orders.step(
              saga,
              "create-order/2/compensation",
              "/orders/by-saga/" + saga + "/status",
              "{\"status\":\"cancelled\"}");
      assertThat(refused.status()).as(refused.text()).isEqualTo(409);
      assertThat(refused.json().get("detail").asText())
          .isEqualTo("Order " + order + " is shipped; it can't become cancelled.");
    }
    assertThat(status(order)).isEqualTo("shipped");
  }

  @Test
  void aLateCreationOfACancelledSagaCreatesNothing() {
    String saga = UUID.randomUUID().toString();
    Reply undone =
        orders.step(
            saga,
            "create-order/2/compensation",
            "/orders/by-saga/" + saga + "/status",
            "{\"status\":\"cancelled\"}");
    assertThat(undone.text()).isEqualTo("{\"undone\":false}");
    Reply late =
        orders.step(saga, "create-order/2/action", "/orders", "{\"product_id\":1,\"qty\":1}");
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.json().get("type").asText()).isEqualTo("urn:relevo:problem:saga-cancelled");
    JsonNode last = orders.get("/orders?limit=100").json().get("items");
    last.forEach(order -> assertThat(order.get("saga_id").asText()).isNotEqualTo(saga));
  }

  @Test
  void aKeyMakesADirectWriteRepeatable() {
    String key = UUID.randomUUID().toString();
    String body = "{\"product_id\":1,\"qty\":9}";
    Reply first = orders.post("/orders", body, "Idempotency-Key", key);
    Reply again = orders.post("/orders", "{\"qty\":9,\"product_id\":1}", "Idempotency-Key", key);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    String order = first.json().get("id").asText();
    Reply reused =
        orders.post(
            "/orders/" + order + "/status", "{\"status\":\"paid\"}", "Idempotency-Key", key);
    assertThat(reused.status()).isEqualTo(422);
    assertThat(status(order)).isEqualTo("created");
  }

  @Test
  void aConnectionWhoseServerBecameReadOnlyIsReplaced() throws SQLException {
    HikariDataSource pool = orders.bean(HikariDataSource.class);
    // All of the pool's connections, as after the demotion of the primary that they lead to.
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
      all.add(pool.getConnection());
    }
    for (Connection connection : all) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
      }
      connection.commit();
      connection.close();
    }
    int unavailable = 0;
    Reply reply = orders.post("/orders", "{\"product_id\":1,\"qty\":1}");
    while (reply.status() == 503 && unavailable < all.size()) {
      unavailable++;
      reply = orders.post("/orders", "{\"product_id\":1,\"qty\":1}");
    }
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    assertThat(unavailable).isBetween(1, all.size());
  }

  @Test
  void isHealthy() {
    assertThat(orders.get("/health").text()).isEqualTo("{\"status\":\"UP\",\"database\":\"UP\"}");
  }
}
