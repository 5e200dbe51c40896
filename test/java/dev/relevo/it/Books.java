package dev.relevo.it;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the databases hold, as it was read at one quiet moment. */
record Books(
    List<Product> products,
    List<Movement> movements,
    List<Order> orders,
    List<Report> reports,
    List<Saga> sagas) {

  record Product(int id, int stock) {}

  /** A change of stock, in the order of committing; {@code saga} is null if a client made it. */
  record Movement(long id, int product, int delta, String saga) {}

  /** {@code saga} is null if a client created it at orders itself. */
  record Order(long id, int product, int qty, String status, String saga) {
    boolean isLive() {
      return !status.equals("cancelled");
    }
  }

  record Report(long id, long order, int product, int qty, String status, String saga) {
    boolean isLive() {
      return !status.equals("cancelled");
    }
  }

  record Saga(String id, String state, Key key, String reason) {}

  /** An idempotency key, which is its caller's own: others may have the same. */
  record Key(String caller, String value) {
    @Override
    public String toString() {
      return value;
    }
  }

  static Books read(Databases databases) {
    return new Books(
        Databases.query(
            databases.inventory(),
            row -> new Product(row.getInt(1), row.getInt(2)),
            "SELECT id, stock FROM product"),
        Databases.query(
            databases.inventory(),
            row -> new Movement(row.getLong(1), row.getInt(2), row.getInt(3), row.getString(4)),
            "SELECT id, product_id, delta, saga_id FROM stock_movement ORDER BY id"),
        Databases.query(
            databases.orders(),
            row ->
                new Order(
                    row.getLong(1),
                    row.getInt(2),
                    row.getInt(3),
                    row.getString(4),
                    row.getString(5)),
            "SELECT id, product_id, qty, status, saga_id FROM orders ORDER BY id"),
        Databases.query(
            databases.reports(),
            row ->
                new Report(
                    row.getLong(1),
                    row.getLong(2),
                    row.getInt(3),
                    row.getInt(4),
                    row.getString(5),
                    row.getString(6)),
            "SELECT id, order_id, product_id, qty, status, saga_id FROM report ORDER BY id"),
        Databases.query(
            databases.saga(),
            row ->
                new Saga(
                    row.getString(1),
                    row.getString(2),
                    row.getString(4) == null ? null : new Key(row.getString(3), row.getString(4)),
                    row.getString(5)),
            "SELECT id, state, key_scope, key_value, reason FROM saga ORDER BY created, id"));
  }

  /** The orders that sagas created and that stand, each by its saga. */
  Map<String, Order> liveOrdersBySaga() {
    return orders.stream()
        .filter(order -> order.saga() != null && order.isLive())
        .collect(Collectors.toMap(Order::saga, Function.identity()));
  }

  /** The reports that sagas wrote and that stand, each by its saga. */
  Map<String, Report> liveReportsBySaga() {
    return reports.stream()
        .filter(report -> report.saga() != null && report.isLive())
        .collect(Collectors.toMap(Report::saga, Function.identity()));
  }
}
