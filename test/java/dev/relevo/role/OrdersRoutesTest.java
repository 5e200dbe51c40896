package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class OrdersRoutesTest extends RouteCases {
  private static final String SAGA = "7b0cf4c8-64ae-4bd0-9c3a-5b1d4f0c1a77";
  private static final String OTHER = "00000000-64ae-4bd0-9c3a-5b1d4f0c1a77";
  private static final String CANCEL = "{\"status\":\"cancelled\"}";

  OrdersRoutesTest() {
    super(Role.ORDERS);
  }

  private static Map<String, Object> order(String status, String saga) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", 7L);
    row.put("status", status);
    row.put("saga_id", saga);
    return row;
  }

  @Test
  void listsOrders() {
    statementReturns("select-orders", List.of(order("created", null)));
    JsonNode page = json(call("listOrders", null, Map.of(Exchange.HTTP_RAW_QUERY, "limit=1")));
    assertThat(page.get("next").longValue()).isEqualTo(7);
    assertThat(page.get("items").get(0).get("status").asText()).isEqualTo("created");
  }

  @Test
  void getsAnOrder() {
    statementReturns("select-order", order("paid", null));
    assertThat(json(call("getOrder", null, Map.of("id", "7"))).get("status").asText())
        .isEqualTo("paid");
  }

  @Test
  void knowsNoSuchOrder() {
    statementReturns("select-order", null);
    assertProblem(
        call("getOrder", null, Map.of("id", "9")), 404, "not-found", "There is no order 9.");
  }

  @Test
  void createsAnOrderAndSaysWhereItIs() {
    statementReturns("insert-order", order("created", null));
    Exchange created = call("createOrder", "{\"product_id\":1,\"qty\":2}", Map.of());
    assertThat(status(created)).isEqualTo(201);
    assertThat(created.getMessage().getHeader("Location")).isEqualTo("/orders/7");
    assertThat(json(created).get("id").intValue()).isEqualTo(7);
  }

  @Test
  void movesAnOrder() {
    statementPuts("update-status", "order", order("paid", null));
    Exchange moved = call("moveOrder", "{\"status\":\"paid\"}", Map.of("id", "7"));
    assertThat(status(moved)).isEqualTo(200);
    assertThat(json(moved).get("status").asText()).isEqualTo("paid");
  }

  @Test
  void movesNoUnknownOrder() {
    statementPuts("update-status", "order", null);
    statementPuts("select-order-not-moved", "order", null);
    assertProblem(
        call("moveOrder", "{\"status\":\"paid\"}", Map.of("id", "7")),
        404,
        "not-found",
        "There is no order 7.");
  }

  @Test
  void refusesAnIllegalMove() {
    statementPuts("update-status", "order", null);
    statementPuts("select-order-not-moved", "order", order("shipped", SAGA));
    assertProblem(
        call("moveOrder", "{\"status\":\"paid\"}", Map.of("id", "7")),
        409,
        "illegal-status-change",
        "Order 7 is shipped; it can't become paid.");
  }

  @Test
  void refusesToCancelTheOrderOfASaga() {
    statementPuts("update-status", "order", null);
    statementPuts("select-order-not-moved", "order", order("created", SAGA));
    assertProblem(
        call("moveOrder", CANCEL, Map.of("id", "7")),
        409,
        "illegal-status-change",
        "Order 7 belongs to saga " + SAGA + "; only the compensation of that saga cancels it.");
  }

  @Test
  void cancelsTheOrderOfASaga() {
    statementReturns("cancel-order", order("cancelled", SAGA));
    Exchange cancelled =
        call("cancelOrderOfSaga", CANCEL, Map.of("saga_id", SAGA, "Relevo-Saga-Id", SAGA));
    assertThat(status(cancelled)).isEqualTo(200);
    assertThat(json(cancelled).get("status").asText()).isEqualTo("cancelled");
  }

  @Test
  void letsOnlyTheSagaCancelItsOrder() {
    String detail = "Only the compensation of saga " + SAGA + " cancels its order.";
    statementReturns("cancel-order", null);
    assertProblem(
        call("cancelOrderOfSaga", CANCEL, Map.of("saga_id", SAGA)),
        409,
        "illegal-status-change",
        detail);
    getMockEndpoint("mock:cancel-order").reset();
    statementReturns("cancel-order", null);
    assertProblem(
        call("cancelOrderOfSaga", CANCEL, Map.of("saga_id", SAGA, "Relevo-Saga-Id", OTHER)),
        409,
        "illegal-status-change",
        detail);
  }

  @Test
  void knowsNoOrderOfTheSaga() {
    statementReturns("cancel-order", null);
    statementReturns("select-order-not-cancelled", null);
    assertProblem(
        call("cancelOrderOfSaga", CANCEL, Map.of("saga_id", SAGA, "Relevo-Saga-Id", SAGA)),
        404,
        "not-found",
        "There is no order of saga " + SAGA + ".");
  }

  @Test
  void cannotCancelAnOrderThatWasShipped() {
    statementReturns("cancel-order", null);
    statementReturns("select-order-not-cancelled", order("shipped", SAGA));
    assertProblem(
        call("cancelOrderOfSaga", CANCEL, Map.of("saga_id", SAGA, "Relevo-Saga-Id", SAGA)),
        409,
        "illegal-status-change",
        "Order 7 is shipped; it can't become cancelled.");
  }

  @Test
  void isUpWhileItsDatabaseAnswers() {
    statement("ping-database", message -> {});
    assertThat(call("getHealth", null, Map.of()).getMessage().getBody(String.class))
        .isEqualTo("{\"status\":\"UP\",\"database\":\"UP\"}");
  }

  @Test
  void isNotUpWhileItsDatabaseDoesNot() {
    statement(
        "ping-database",
        message -> {
          throw new DataAccessResourceFailureException("cut");
        });
    assertThat(status(call("getHealth", null, Map.of()))).isEqualTo(503);
  }
}
