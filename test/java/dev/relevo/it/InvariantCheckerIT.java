package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Ledger.Entry;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of violation, planted in real databases, has to be found. */
class InvariantCheckerIT {
  private static final int PRODUCT = 3;

  private static Databases databases;

  private Ledger ledger;
  private Placed placed;

  /** An order as the middleware places it. */
  private record Placed(String key, String saga, long order, int qty) {
    String answer() {
      return "{\"order\":{\"id\":%1$d},\"stock\":{\"stock\":7},\"report\":{\"order_id\":%1$d}}"
          .formatted(order);
    }
  }

  @BeforeAll
  static void start() {
    databases = Databases.fresh().migrated();
  }

  @BeforeEach
  void onlyWellPlacedOrders() {
    Databases.update(databases.orders(), "DELETE FROM orders");
    Databases.update(databases.reports(), "DELETE FROM report");
    Databases.update(databases.saga(), "DELETE FROM saga");
    Databases.update(databases.inventory(), "DELETE FROM stock_movement");
    Databases.update(databases.inventory(), "UPDATE product SET stock = 10");
    Databases.update(
        databases.inventory(),
        "INSERT INTO stock_movement (product_id, delta) SELECT id, stock FROM product");
    ledger = new Ledger();
    placed = place(2);
    tell(placed.key(), 2, 200, placed.answer());
    Placed unanswered = place(1);
    tell(unanswered.key(), 1, 503, "{}");
    tell("refused", 99, 409, "{\"type\":\"urn:relevo:problem:not-enough-stock\"}");
    Placed undone = place(3);
    cancelOrder(undone);
    cancelReport(undone);
    move(undone.saga(), 3);
    end(undone, "COMPENSATED");
    tell(undone.key(), 3, 0, "connection reset");
  }

  private static Placed place(int qty) {
    String saga = UUID.randomUUID().toString();
    move(saga, -qty);
    long order =
        Databases.query(
                databases.orders(),
                row -> row.getLong(1),
                "INSERT INTO orders (product_id, qty, saga_id) VALUES (?, ?, CAST(? AS uuid))"
                    + " RETURNING id",
                PRODUCT,
                qty,
                saga)
            .get(0);
    Placed placed = new Placed("key-" + saga, saga, order, qty);
    report(placed, saga);
    begin(saga, placed.key(), 1);
    return placed;
  }

  private static void begin(String saga, String key, int attempt) {
    Databases.update(
        databases.saga(),
        "INSERT INTO saga (id, state, owner, epoch, deadline, key_scope, key_value, payload_hash,"
            + " attempt, enlistments, open, revision, created, updated)"
            + " VALUES (?, 'COMPLETED', 'o', 1, 0, 'anyone', ?, 'h', ?, '[]', 0, 1, 0, 0)",
        saga,
        key,
        attempt);
  }

  private static void report(Placed placed, String saga) {
    Databases.update(
        databases.reports(),
        "INSERT INTO report (order_id, product_id, qty, saga_id) VALUES (?, ?, ?, ?)",
        placed.order(),
        PRODUCT,
        placed.qty(),
        saga);
  }

  private static void move(String saga, int delta) {
    Databases.update(
        databases.inventory(),
        "INSERT INTO stock_movement (product_id, delta, saga_id) VALUES (?, ?, ?)",
        PRODUCT,
        delta,
        saga);
    Databases.update(
        databases.inventory(), "UPDATE product SET stock = stock + ? WHERE id = ?", delta, PRODUCT);
  }

  private static void cancelOrder(Placed placed) {
    Databases.update(
        databases.orders(), "UPDATE orders SET status = 'cancelled' WHERE id = ?", placed.order());
  }

  private static void cancelReport(Placed placed) {
    Databases.update(
        databases.reports(),
        "UPDATE report SET status = 'cancelled' WHERE order_id = ?",
        placed.order());
  }

  private static void end(Placed placed, String state) {
    Databases.update(
        databases.saga(), "UPDATE saga SET state = ? WHERE id = ?", state, placed.saga());
  }

  private void tell(String key, int qty, int status, String body) {
    ledger.add(new Entry(key, PRODUCT, qty, status, body));
  }

  private void assertFound(String... patterns) {
    assertThat(Invariants.violations(databases, ledger))
        .hasSize(patterns.length)
        .allSatisfy(
            violation ->
                assertThat(patterns).anySatisfy(p -> assertThat(violation).containsPattern(p)))
        .satisfies(
            violations -> {
              for (String pattern : patterns) {
                assertThat(violations).anySatisfy(v -> assertThat(v).containsPattern(pattern));
              }
            });
  }

  @Test
  void wellPlacedOrdersAreNoViolation() {
    // A client that works on the applications themselves is none of the middleware's business.
    Databases.update(databases.orders(), "INSERT INTO orders (product_id, qty) VALUES (1, 7)");
    Databases.update(
        databases.reports(), "INSERT INTO report (order_id, product_id, qty) VALUES (0, 1, 7)");
    move(null, 20);
    tell("reused", 1, 422, "{\"type\":\"urn:relevo:problem:idempotency-key-reused\"}");
    tell(placed.key(), 2, 409, "{\"type\":\"urn:relevo:problem:idempotency-in-progress\"}");
    tell(placed.key(), 2, 200, placed.answer());

    assertThat(Invariants.violations(databases, ledger)).isEmpty();
  }

  @Test
  void stockThatIsLost() {
    Databases.update(
        databases.inventory(), "UPDATE product SET stock = stock - 1 WHERE id = ?", PRODUCT);
    assertFound(
        "^1: product 3 got 10 directly and 3 of it are ordered, but its stock is 6",
        "^1: the stock of product 3 is 6, but its movements make 7");
  }

  @Test
  void stockBelowZero() {
    for (int delta : new int[] {-9, 9}) {
      Databases.update(
          databases.inventory(),
          "INSERT INTO stock_movement (product_id, delta) VALUES (?, ?)",
          PRODUCT,
          delta);
    }
    assertFound("^1: the stock of product 3 was -2 after ");
  }

  @Test
  void stockTakenTwiceForAnOrder() {
    move(placed.saga(), -placed.qty());
    assertFound("^1: product 3 got 10 .* its stock is 5", "^2: 4 of stock were taken for Order");
  }

  @Test
  void stockTakenForNoOrder() {
    move(UUID.randomUUID().toString(), -1);
    assertFound("^1: product 3 got", "^2: saga .* moved the stock of product 3 by -1 without");
  }

  @Test
  void stockTakenOfAnotherProduct() {
    Databases.update(
        databases.orders(), "UPDATE orders SET product_id = 2 WHERE id = ?", placed.order());
    assertFound(
        "^1: product 2 got",
        "^1: product 3 got",
        "^2: Report.* is not about Order",
        "^2: 0 of stock were taken for Order",
        "^2: saga .* moved the stock of product 3",
        "^3: answered with another order than its own");
  }

  @Test
  void anOrderWithoutAReport() {
    cancelReport(placed);
    assertFound("^2: there is no report on Order");
  }

  @Test
  void aReportWithoutAnOrder() {
    report(new Placed("", "", 4711, 1), UUID.randomUUID().toString());
    assertFound("^2: there is no order to Report");
  }

  @Test
  void aPromisedOrderThatIsCancelled() {
    cancelOrder(placed);
    cancelReport(placed);
    move(placed.saga(), placed.qty());
    end(placed, "COMPENSATED");
    assertFound(
        "^3: answered 200, but its orders are \\[\\]",
        "^3: answered with another order than its own, \\[\\]");
  }

  @Test
  void aRefusedOrderThatStands() {
    Placed standing = place(1);
    tell(standing.key(), 1, 409, "{\"type\":\"urn:relevo:problem:not-enough-stock\"}");
    tell(standing.key(), 1, 503, "{}");
    assertFound("^3: answered with a no, but its orders are \\[Order");
  }

  @Test
  void anAnswerWithAnothersOrder() {
    Placed other = place(1);
    tell(other.key(), 1, 200, placed.answer());
    assertFound("^3: answered with another order than its own");
  }

  @Test
  void anAnswerWithAnothersReport() {
    Placed mine = place(1);
    tell(
        mine.key(),
        1,
        200,
        mine.answer().replace("\"order_id\":" + mine.order(), "\"order_id\":" + placed.order()));
    assertFound("^2: answered with another order's report");
  }

  @Test
  void aStockThatWasReadBelowZero() {
    Placed mine = place(1);
    tell(mine.key(), 1, 200, mine.answer().replace("\"stock\":7", "\"stock\":-1"));
    assertFound("^1: the stock was read below 0");
  }

  @Test
  void twoOrdersForOneKey() {
    Placed second = place(2);
    Databases.update(
        databases.saga(),
        "UPDATE saga SET key_value = ?, attempt = 2 WHERE id = ?",
        placed.key(),
        second.saga());
    assertFound(
        "^3: answered 200, but its orders are \\[Order.*Order",
        "^3: the requests with key .* have the orders",
        "^4: key .* has the orders");
  }

  @Test
  void anotherAnswerToTheSameKey() {
    tell(placed.key(), 2, 200, placed.answer() + " ");
    assertFound("^4: key .* was answered in different ways");
  }

  @Test
  void sagasThatHaveNotEnded() {
    end(placed, "COMPENSATING");
    assertFound("^5: Saga\\[id=.*state=COMPENSATING.* has not ended");
  }

  @Test
  void aSagaThatIsCompensatedThoughItsOrderStands() {
    end(placed, "COMPENSATED");
    assertFound("^5: Saga.*COMPENSATED.* has an order that stands");
  }

  @Test
  void aCompletedSagaWithoutAnOrder() {
    begin(UUID.randomUUID().toString(), "some-key", 1);
    assertFound("^5: Saga.*COMPLETED.* has no order that stands");
  }

  @Test
  void anOrderOfNoSaga() {
    Databases.update(databases.saga(), "DELETE FROM saga WHERE id = ?", placed.saga());
    assertFound(
        "^3: answered 200, but its orders are \\[\\]",
        "^3: answered with another order than its own",
        "^5: no saga is known of Order");
  }
}
