package dev.relevo.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.it.Books.Movement;
import dev.relevo.it.Books.Order;
import dev.relevo.it.Books.Product;
import dev.relevo.it.Books.Report;
import dev.relevo.it.Books.Saga;
import dev.relevo.it.Ledger.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What has to be true of the books and of what clients were told, once nothing runs any more. Each
 * violation is a sentence that begins with the number of its invariant:
 *
 * <ol>
 *   <li>per product, what the stock has lost is what the orders that stand have, direct changes
 *       apart; the stock was never below 0
 *   <li>orders that stand, reports that stand and movements of stock belong together, one to one
 *   <li>a request answered 200 has exactly one order that stands, one answered 4xx has none, one
 *       without an answer has none or one
 *   <li>no key has two orders that stand, and every final answer to one key is the same
 *   <li>every saga has ended, as its order shows
 * </ol>
 */
final class InvariantChecker {
  private static final JsonMapper JSON = new JsonMapper();

  private final List<String> violations = new ArrayList<>();
  private final Books books;
  private final Ledger ledger;
  private final Map<String, Order> live;

  private InvariantChecker(Books books, Ledger ledger) {
    this.books = books;
    this.ledger = ledger;
    this.live = books.liveOrdersBySaga();
  }

  /** The violations, in words; none if all is well. */
  static List<String> violations(Books books, Ledger ledger) {
    InvariantChecker checker = new InvariantChecker(books, ledger);
    checker.checkStock();
    checker.checkReports();
    checker.checkMovements();
    checker.checkAnswers();
    checker.checkKeys();
    checker.checkSagas();
    return checker.violations;
  }

  private void checkStock() {
    Map<Integer, Integer> ordered = new HashMap<>();
    live.values().forEach(order -> ordered.merge(order.product(), order.qty(), Integer::sum));
    Map<Integer, Integer> direct = new HashMap<>();
    Map<Integer, Integer> running = new HashMap<>();
    for (Movement movement : books.movements()) {
      if (movement.saga() == null) {
        direct.merge(movement.product(), movement.delta(), Integer::sum);
      }
      int stock = running.merge(movement.product(), movement.delta(), Integer::sum);
      if (stock < 0) {
        violate(1, "the stock of product %d was %d after %s", movement.product(), stock, movement);
      }
    }
    Set<Integer> known = new HashSet<>();
    for (Product product : books.products()) {
      known.add(product.id());
      int given = direct.getOrDefault(product.id(), 0);
      int taken = ordered.getOrDefault(product.id(), 0);
      if (product.stock() != given - taken) {
        violate(
            1,
            "product %d got %d directly and %d of it are ordered, but its stock is %d",
            product.id(),
            given,
            taken,
            product.stock());
      }
      if (product.stock() != running.getOrDefault(product.id(), 0)) {
        violate(
            1,
            "the stock of product %d is %d, but its movements make %d",
            product.id(),
            product.stock(),
            running.getOrDefault(product.id(), 0));
      }
    }
    live.values().stream()
        .filter(order -> !known.contains(order.product()))
        .forEach(order -> violate(1, "there is no product for %s", order));
  }

  private void checkReports() {
    Map<String, Report> reports = books.liveReportsBySaga();
    for (Order order : live.values()) {
      Report report = reports.get(order.saga());
      if (report == null) {
        violate(2, "there is no report on %s", order);
      } else if (report.order() != order.id()
          || report.product() != order.product()
          || report.qty() != order.qty()) {
        violate(2, "%s is not about %s of the same saga", report, order);
      }
    }
    reports.values().stream()
        .filter(report -> !live.containsKey(report.saga()))
        .forEach(report -> violate(2, "there is no order to %s", report));
  }

  private void checkMovements() {
    Map<String, Map<Integer, Integer>> moved = new HashMap<>();
    for (Movement movement : books.movements()) {
      if (movement.saga() != null) {
        moved
            .computeIfAbsent(movement.saga(), saga -> new HashMap<>())
            .merge(movement.product(), movement.delta(), Integer::sum);
      }
    }
    for (Order order : live.values()) {
      int taken = -moved.getOrDefault(order.saga(), Map.of()).getOrDefault(order.product(), 0);
      if (taken != order.qty()) {
        violate(2, "%d of stock were taken for %s", taken, order);
      }
    }
    moved.forEach(
        (saga, byProduct) ->
            byProduct.forEach(
                (product, delta) -> {
                  Order order = live.get(saga);
                  if (delta != 0 && (order == null || order.product() != product)) {
                    violate(
                        2,
                        "saga %s moved the stock of product %d by %d without an order that stands",
                        saga,
                        product,
                        delta);
                  }
                }));
  }

  private void checkAnswers() {
    Map<String, List<Order>> ordersByKey = liveOrdersBy(key -> key.value());
    ledger
        .byKey()
        .forEach((key, entries) -> judge(key, entries, ordersByKey.getOrDefault(key, List.of())));
  }

  private void judge(String key, List<Entry> entries, List<Order> orders) {
    List<Entry> placed = entries.stream().filter(entry -> entry.status() == 200).toList();
    boolean refused = entries.stream().anyMatch(entry -> entry.isFinal() && entry.status() != 200);
    boolean answered = entries.stream().allMatch(Entry::isAnswer);
    if (!placed.isEmpty() && orders.size() != 1) {
      violate(3, "answered 200, but its orders are %s: %s", orders, placed.get(0));
    }
    for (Entry entry : placed) {
      checkPlaced(entry, orders);
    }
    if (placed.isEmpty() && (refused || answered) && !orders.isEmpty()) {
      violate(3, "answered with a no, but its orders are %s: %s", orders, entries);
    }
    if (orders.size() > 1) {
      violate(3, "the requests with key %s have the orders %s", key, orders);
    }
  }

  private void checkPlaced(Entry entry, List<Order> orders) {
    JsonNode body;
    try {
      body = JSON.readTree(entry.body());
    } catch (JsonProcessingException e) {
      violate(3, "the answer is no JSON: %s", entry);
      return;
    }
    long id = body.path("order").path("id").asLong();
    boolean right =
        orders.stream()
            .anyMatch(
                order ->
                    order.id() == id
                        && order.product() == entry.product()
                        && order.qty() == entry.qty());
    if (!right) {
      violate(3, "answered with another order than its own, %s: %s", orders, entry);
    }
    if (body.path("stock").path("stock").asInt(-1) < 0) {
      violate(1, "the stock was read below 0, or not at all: %s", entry);
    }
    if (body.path("report").path("order_id").asLong() != id) {
      violate(2, "answered with another order's report: %s", entry);
    }
  }

  private void checkKeys() {
    liveOrdersBy(key -> key)
        .forEach(
            (key, orders) -> {
              if (orders.size() > 1) {
                violate(4, "key %s has the orders %s", key, orders);
              }
            });
    ledger
        .byKey()
        .forEach(
            (key, entries) -> {
              Set<String> answers =
                  entries.stream()
                      .filter(Entry::isFinal)
                      .map(entry -> entry.status() + " " + entry.body())
                      .collect(Collectors.toCollection(TreeSet::new));
              if (answers.size() > 1) {
                violate(4, "key %s was answered in different ways: %s", key, answers);
              }
            });
  }

  private <K> Map<K, List<Order>> liveOrdersBy(Function<Books.Key, K> what) {
    return books.sagas().stream()
        .filter(saga -> saga.key() != null && live.containsKey(saga.id()))
        .collect(
            Collectors.groupingBy(
                saga -> what.apply(saga.key()),
                Collectors.mapping(saga -> live.get(saga.id()), Collectors.toList())));
  }

  private void checkSagas() {
    Set<String> known = new HashSet<>();
    for (Saga saga : books.sagas()) {
      known.add(saga.id());
      boolean stands = live.containsKey(saga.id());
      switch (saga.state()) {
        case "COMPLETED" -> {
          if (!stands) {
            violate(5, "%s has no order that stands", saga);
          }
        }
        case "COMPENSATED" -> {
          if (stands) {
            violate(5, "%s has an order that stands: %s", saga, live.get(saga.id()));
          }
        }
        default -> violate(5, "%s has not ended", saga);
      }
    }
    live.values().stream()
        .filter(order -> !known.contains(order.saga()))
        .forEach(order -> violate(5, "no saga is known of %s", order));
  }

  private void violate(int invariant, String sentence, Object... args) {
    violations.add(invariant + ": " + sentence.formatted(args));
  }
}
