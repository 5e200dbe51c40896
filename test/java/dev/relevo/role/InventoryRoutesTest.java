package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

class InventoryRoutesTest extends RouteCases {
  InventoryRoutesTest() {
    super(Role.INVENTORY);
  }

  private static Map<String, Object> product(int stock) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", 7);
    row.put("name", "Baton");
    row.put("stock", stock);
    row.put("price", null);
    return row;
  }

  @Test
  void listsAPageWithTheIdToGoOnFrom() {
    statementReturns("select-products", List.of(product(1)));
    Exchange full = call("listProducts", null, Map.of(Exchange.HTTP_RAW_QUERY, "limit=1&after=3"));
    assertThat(json(full).toString())
        .isEqualTo(
            "{\"items\":[{\"id\":7,\"name\":\"Baton\",\"stock\":1,\"price\":null}],\"next\":7}");
    assertThat(full.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("application/json");
    assertThat(given("select-products").getHeader("after")).isEqualTo(3L);
  }

  @Test
  void listsTheLastPage() {
    statementReturns("select-products", List.of(product(1)));
    Exchange last = call("listProducts", null, Map.of());
    assertThat(json(last).get("next").isNull()).isTrue();
    assertThat(given("select-products").getHeader("limit")).isEqualTo(20);
    assertThat(given("select-products").getHeader("after")).isEqualTo(0L);
  }

  @Test
  void getsAProduct() {
    statementReturns("select-product", product(4));
    assertThat(json(call("getProduct", null, Map.of("id", "7"))).get("stock").intValue())
        .isEqualTo(4);
  }

  @Test
  void knowsNoSuchProduct() {
    statementReturns("select-product", null);
    assertProblem(
        call("getProduct", null, Map.of("id", "9")), 404, "not-found", "There is no product 9.");
  }

  @Test
  void createsAProductAndSaysWhereItIs() {
    statementReturns("insert-product", product(4));
    statement("record-first-stock", row -> {});
    Exchange created = call("createProduct", "{\"name\":\"Baton\",\"stock\":4}", Map.of());
    assertThat(status(created)).isEqualTo(201);
    assertThat(created.getMessage().getHeader("Location")).isEqualTo("/products/7");
    assertThat(json(created).get("id").intValue()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "decrementStock, take-stock, record-taken-stock",
    "incrementStock, add-stock, record-added-stock"
  })
  void changesStock(String operation, String change, String record) {
    statementPuts(change, "CamelSqlUpdateCount", 1);
    statementReturns(record, product(5));
    Exchange changed = call(operation, "{\"qty\":2}", Map.of("id", "7"));
    assertThat(status(changed)).isEqualTo(200);
    assertThat(json(changed).get("stock").intValue()).isEqualTo(5);
    assertThat(given(change).getHeader("id")).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "decrementStock, take-stock, select-product-not-decremented",
    "incrementStock, add-stock, select-product-not-incremented"
  })
  void changesNoStockOfAnUnknownProduct(String operation, String change, String select) {
    statementPuts(change, "CamelSqlUpdateCount", 0);
    statementPuts(select, "product", null);
    assertProblem(
        call(operation, "{\"qty\":2}", Map.of("id", "7")),
        404,
        "not-found",
        "There is no product 7.");
  }

  @Test
  void takesNoMoreThanThereIs() {
    statementPuts("take-stock", "CamelSqlUpdateCount", 0);
    statementPuts("select-product-not-decremented", "product", product(1));
    assertProblem(
        call("decrementStock", "{\"qty\":2}", Map.of("id", "7")),
        409,
        "not-enough-stock",
        "There are 1 of product 7, fewer than the 2 wanted.");
  }

  @Test
  void addsNoMoreThanCanBeCounted() {
    statementPuts("add-stock", "CamelSqlUpdateCount", 0);
    statementPuts("select-product-not-incremented", "product", product(Integer.MAX_VALUE));
    assertProblem(
        call("incrementStock", "{\"qty\":2}", Map.of("id", "7")),
        409,
        "conflict",
        "There are 2147483647 of product 7; 2 more are too many to count.");
  }

  @Test
  void isUpWhileItsDatabaseAnswers() {
    statement("ping-database", message -> {});
    Exchange up = call("getHealth", null, Map.of());
    assertThat(up.getMessage().getBody(String.class))
        .isEqualTo("{\"status\":\"UP\",\"database\":\"UP\"}");
    assertThat(up.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("application/json");
  }

  @Test
  void isNotUpWhileItsDatabaseDoesNot() {
    statement(
        "ping-database",
        message -> {
          throw new CannotGetJdbcConnectionException("no connection");
        });
    Exchange down = call("getHealth", null, Map.of());
    assertThat(status(down)).isEqualTo(503);
    assertThat(down.getMessage().getHeader("Retry-After")).isEqualTo("1");
    assertThat(down.getMessage().getBody(String.class)).doesNotContain("connection");
  }

  @Test
  void readsAgainWhileItsDatabaseIsAway() {
    MockEndpoint select = getMockEndpoint("mock:select-product");
    select.expectedMessageCount(2);
    select.whenAnyExchangeReceived(exchange -> exchange.getMessage().setBody(product(4)));
    select.whenExchangeReceived(1, InventoryRoutesTest::isAway);
    assertThat(json(call("getProduct", null, Map.of("id", "7"))).get("stock").intValue())
        .isEqualTo(4);
  }

  @Test
  void readsNoMoreWhenItsClientHasWaitedLongEnough() {
    MockEndpoint select = getMockEndpoint("mock:select-products");
    select.expectedMinimumMessageCount(2);
    select.whenAnyExchangeReceived(InventoryRoutesTest::isAway);
    Exchange last = call("listProducts", null, Map.of());
    assertProblem(
        last,
        503,
        "unavailable",
        "A part that is needed is away for the moment; please try again.");
    assertThat(last.getMessage().getHeader("Retry-After")).isEqualTo("1");
  }

  @Test
  void readsOnceWhatIsWrong() {
    statement(
        "select-products",
        message -> {
          throw new IllegalStateException("a mistake");
        });
    assertThat(status(call("listProducts", null, Map.of()))).isEqualTo(500);
  }

  private static void isAway(Exchange exchange) {
    throw new CannotGetJdbcConnectionException("no connection");
  }

  @Test
  void aDeadlockMayBeTriedAgain() {
    statement(
        "take-stock",
        message -> {
          throw new CannotAcquireLockException("deadlock");
        });
    assertThat(status(call("decrementStock", "{\"qty\":2}", Map.of("id", "7")))).isEqualTo(503);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "createProduct | {\"name\":\"x\",\"stock\":-1} | stock",
        "createProduct | {\"name\":\"\",\"stock\":1} | name",
        "createProduct | {\"name\":\"x\",\"stock\":1,\"price\":-1} | price",
        "createProduct | {\"name\":\"x\",\"stock\":1,\"price\":1.001} | price",
        "decrementStock | {\"qty\":0} | qty",
        "decrementStock | {\"qty\":1.5} | qty",
        "decrementStock | {\"qty\":2147483648} | qty",
        "incrementStock | {\"qty\":1,\"note\":\"x\"} | note"
      })
  void refusesWhatTheContractDoesNotAllow(String operation, String body, String field) {
    Exchange refused = call(operation, body, Map.of("id", "7"));
    assertThat(status(refused)).isEqualTo(422);
    assertThat(json(refused).get("errors").get(0).get("field").asText()).isEqualTo(field);
  }
}
