package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.RunningRole.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The inventory over HTTP, on a real MariaDB. */
class InventoryIT {
  private static RunningRole inventory;
  private static JdbcTemplate database;

  @BeforeAll
  static void start() {
    DatabaseAccess access = TestEngines.freshDatabase(TestEngines.mariadb());
    inventory = new RunningRole(Role.INVENTORY, access);
    database =
        new JdbcTemplate(
            new DriverManagerDataSource(access.jdbcUrl(), access.appUser(), access.appPassword()));
  }

  @AfterAll
  static void stop() {
    inventory.close();
  }

  private static int create(String name, int stock) {
    Reply reply =
        inventory.post("/products", "{\"name\":\"" + name + "\",\"stock\":" + stock + "}");
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    return reply.json().get("id").intValue();
  }

  private static int stock(int product) {
    return inventory.get("/products/" + product).json().get("stock").intValue();
  }

  private static int ledger(int product) {
    return database.queryForObject(
        "SELECT SUM(delta) FROM stock_movement WHERE product_id = ?", Integer.class, product);
  }

  @Test
  void answersTheSeededProducts() {
    Reply reply = inventory.get("/products/1");
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    assertThat(reply.type()).isEqualTo("application/json");
    assertThat(reply.text())
        .isEqualTo("{\"id\":1,\"name\":\"Producto de prueba\",\"stock\":1000000,\"price\":9.99}");
    assertThat(inventory.get("/products/4").json().get("price").isNull()).isTrue();
  }

  @Test
  void saysThatAProductIsUnknown() {
    for (Reply reply :
        List.of(
            inventory.get("/products/999999"),
            inventory.post("/products/999999/decrement", "{\"qty\":1}"),
            inventory.post("/products/999999/increment", "{\"qty\":1}"))) {
      assertThat(reply.status()).as(reply.text()).isEqualTo(404);
      assertThat(reply.type()).isEqualTo("application/problem+json");
      assertThat(reply.json().get("detail").asText()).isEqualTo("There is no product 999999.");
    }
  }

  @Test
  void pagesThroughAllProducts() {
    for (int i = 0; i < 7; i++) {
      create("page " + i, 1);
    }
    int all = database.queryForObject("SELECT count(*) FROM product", Integer.class);
    List<Integer> seen = new ArrayList<>();
    JsonNode next = null;
    do {
      Reply page =
          inventory.get("/products?limit=3" + (next == null ? "" : "&after=" + next.asText()));
      assertThat(page.status()).as(page.text()).isEqualTo(200);
      assertThat(page.json().get("items").size()).isLessThanOrEqualTo(3);
      page.json().get("items").forEach(item -> seen.add(item.get("id").intValue()));
      next = page.json().get("next");
    } while (!next.isNull());
    assertThat(seen).isSorted().doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(all);
    assertThat(inventory.get("/products?limit=101").status()).isEqualTo(422);
    assertThat(inventory.get("/products?limit=0").status()).isEqualTo(422);
  }

  @Test
  void createsAProduct() {
    Reply reply =
        inventory.post("/products", "{\"name\":\"Añejo 1/2\",\"stock\":7,\"price\":12.5}");
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    int id = reply.json().get("id").intValue();
    assertThat(reply.header("Location")).isEqualTo("/products/" + id);
    assertThat(reply.text()).isEqualTo(inventory.get("/products/" + id).text());
    assertThat(reply.json().get("name").asText()).isEqualTo("Añejo 1/2");
    assertThat(reply.json().get("price").decimalValue()).isEqualByComparingTo("12.50");
    assertThat(ledger(id)).isEqualTo(7);
  }

  @Test
  void takesAndAddsStockAndEntersItInTheLedger() {
    int id = create("counted", 10);
    Reply taken = inventory.post("/products/" + id + "/decrement", "{\"qty\":3}");
    assertThat(taken.status()).as(taken.text()).isEqualTo(200);
    assertThat(taken.text()).isEqualTo(inventory.get("/products/" + id).text());
    assertThat(taken.json().get("stock").intValue()).isEqualTo(7);
    Reply added = inventory.post("/products/" + id + "/increment", "{\"qty\":5}");
    assertThat(added.json().get("stock").intValue()).isEqualTo(12);
    assertThat(ledger(id)).isEqualTo(12);
  }

  @Test
  void refusesWhatStockCannotBe() {
    int id = create("scarce", 2);
    Reply tooMany = inventory.post("/products/" + id + "/decrement", "{\"qty\":3}");
    assertThat(tooMany.status()).isEqualTo(409);
    assertThat(tooMany.json().get("type").asText())
        .isEqualTo("urn:relevo:problem:not-enough-stock");
    assertThat(tooMany.json().get("detail").asText())
        .isEqualTo("There are 2 of product " + id + ", fewer than the 3 wanted.");
    Reply overflow = inventory.post("/products/" + id + "/increment", "{\"qty\":2147483646}");
    assertThat(overflow.status()).as(overflow.text()).isEqualTo(409);
    assertThat(stock(id)).isEqualTo(2);
    assertThat(ledger(id)).isEqualTo(2);
    assertThat(
            inventory
                .post("/products/" + id + "/increment", "{\"qty\":2147483645}")
                .json()
                .get("stock")
                .intValue())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void stockIsNeverNegativeUnderFiftyClients() throws Exception {
    int id = create("wanted", 30);
    ExecutorService clients = Executors.newFixedThreadPool(50);
    try {
      List<Future<Reply>> replies = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        replies.add(
            clients.submit(() -> inventory.post("/products/" + id + "/decrement", "{\"qty\":1}")));
      }
      int taken = 0;
      for (Future<Reply> future : replies) {
        Reply reply = future.get(30, TimeUnit.SECONDS);
        assertThat(reply.status()).as(reply.text()).isIn(200, 409);
        if (reply.status() == 200) {
          assertThat(reply.json().get("stock").intValue()).isNotNegative();
          taken++;
        }
      }
      assertThat(taken).isEqualTo(30);
    } finally {
      clients.shutdownNow();
    }
    assertThat(stock(id)).isZero();
    assertThat(ledger(id)).isZero();
  }

  @Test
  void aSagaTakesStockOnceAndGivesItBackOnce() {
    int id = create("saga", 5);
    String saga = UUID.randomUUID().toString();
    String path = "/products/" + id;
    Reply first = inventory.step(saga, "take-stock/1/action", path + "/decrement", "{\"qty\":2}");
    Reply again = inventory.step(saga, "take-stock/1/action", path + "/decrement", "{\"qty\":2}");
    assertThat(first.status()).as(first.text()).isEqualTo(200);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.status()).isEqualTo(200);
    assertThat(stock(id)).isEqualTo(3);
    assertThat(
            database.queryForObject(
                "SELECT delta FROM stock_movement WHERE saga_id = ?", Integer.class, saga))
        .isEqualTo(-2);
    for (int i = 0; i < 2; i++) {
      Reply undone =
          inventory.step(saga, "take-stock/1/compensation", path + "/increment", "{\"qty\":2}");
      assertThat(undone.status()).as(undone.text()).isEqualTo(200);
      assertThat(undone.json().get("stock").intValue()).isEqualTo(5);
    }
    assertThat(ledger(id)).isEqualTo(5);
  }

  @Test
  void aLateStepOfACancelledSagaChangesNothing() {
    int id = create("late", 5);
    String saga = UUID.randomUUID().toString();
    String path = "/products/" + id;
    Reply undone =
        inventory.step(saga, "take-stock/1/compensation", path + "/increment", "{\"qty\":2}");
    assertThat(undone.status()).as(undone.text()).isEqualTo(200);
    assertThat(undone.text()).isEqualTo("{\"undone\":false}");
    Reply late = inventory.step(saga, "take-stock/1/action", path + "/decrement", "{\"qty\":2}");
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.json().get("type").asText()).isEqualTo("urn:relevo:problem:saga-cancelled");
    assertThat(stock(id)).isEqualTo(5);
  }

  @Test
  void aRefusedStepStaysRefused() {
    int id = create("refused", 1);
    String saga = UUID.randomUUID().toString();
    String path = "/products/" + id;
    Reply no = inventory.step(saga, "take-stock/1/action", path + "/decrement", "{\"qty\":2}");
    assertThat(no.status()).as(no.text()).isEqualTo(409);
    inventory.post(path + "/increment", "{\"qty\":10}");
    Reply again = inventory.step(saga, "take-stock/1/action", path + "/decrement", "{\"qty\":2}");
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.type()).isEqualTo("application/problem+json");
    assertThat(again.text()).isEqualTo(no.text());
    assertThat(stock(id)).isEqualTo(11);
  }

  @Test
  void aKeyMakesADirectWriteRepeatable() {
    int id = create("keyed", 10);
    String path = "/products/" + id + "/decrement";
    String key = "key " + UUID.randomUUID();
    Reply first = inventory.post(path, "{\"qty\":2}", "Idempotency-Key", key);
    Reply again = inventory.post(path, "{ \"qty\" : 2 }", "Idempotency-Key", key);
    assertThat(first.status()).as(first.text()).isEqualTo(200);
    assertThat(first.header("Idempotent-Replayed")).isNull();
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    Reply other = inventory.post(path, "{\"qty\":3}", "Idempotency-Key", key);
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().get("type").asText())
        .isEqualTo("urn:relevo:problem:idempotency-key-reused");
    assertThat(inventory.post(path, "{\"qty\":2}", "Idempotency-Key", "k".repeat(256)).status())
        .isEqualTo(422);
    Reply elsewhere =
        inventory.post("/products/1/decrement", "{\"qty\":2}", "Idempotency-Key", key);
    assertThat(elsewhere.status()).as("the key was for another product").isEqualTo(422);
    assertThat(stock(id)).isEqualTo(8);
  }

  @Test
  void aCreationIsReplayedWithItsLocation() {
    String key = UUID.randomUUID().toString();
    String body = "{\"name\":\"once\",\"stock\":1}";
    Reply first = inventory.post("/products", body, "Idempotency-Key", key);
    Reply again = inventory.post("/products", body, "Idempotency-Key", key);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.header("Location")).isEqualTo(first.header("Location")).isNotNull();
    assertThat(again.text()).isEqualTo(first.text());
  }

  @Test
  void isHealthy() {
    Reply health = inventory.get("/health");
    assertThat(health.status()).isEqualTo(200);
    assertThat(health.text()).isEqualTo("{\"status\":\"UP\",\"database\":\"UP\"}");
  }
}
