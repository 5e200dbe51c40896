package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever knows a saga's id can neither join, complete nor undo it from outside. */
class ForgedSagaIT {
  private final Ledger ledger = new Ledger();
  private final Client middleware = new Client(TestTopology.url("middleware"), ledger);
  private int product;
  private JsonNode placed;
  private String saga;

  @BeforeEach
  void placeAnOrder() {
    product = Shop.newProduct(100);
    placed = middleware.order(product, 2).json();
    saga = placed.get("order").get("saga_id").asText();
  }

  /** The order of that saga stands as it was placed. */
  @AfterEach
  void nothingHasHappenedToIt() {
    Databases databases = Databases.ofTopology();
    Invariants.assertHold(databases, ledger);
    Books books = Books.read(databases);
    assertThat(books.liveOrdersBySaga().get(saga).qty()).isEqualTo(2);
    assertThat(books.liveReportsBySaga().get(saga).qty()).isEqualTo(2);
    assertThat(books.movements())
        .filteredOn(movement -> saga.equals(movement.saga()))
        .extracting(Books.Movement::delta)
        .containsExactly(-2);
    assertThat(books.sagas())
        .filteredOn(row -> row.id().equals(saga))
        .extracting(Books.Saga::state)
        .containsExactly("COMPLETED");
  }

  private String[] headers(String step, String... more) {
    String[] forged = {
      "Long-Running-Action",
      saga,
      "Relevo-Saga-Id",
      saga,
      "Relevo-Saga-Step",
      step,
      "Relevo-Deadline",
      "1",
      "CamelSagaEnlistment",
      "1",
      "CamelHttpPath",
      "/products/" + product + "/increment",
      "CamelHttpUri",
      TestTopology.url("inventory-a"),
      "CamelHttpMethod",
      "DELETE"
    };
    String[] all = new String[forged.length + more.length];
    System.arraycopy(forged, 0, all, 0, forged.length);
    System.arraycopy(more, 0, all, forged.length, more.length);
    return all;
  }

  private static Client client(String instance) {
    return new Client(TestTopology.url(instance), new Ledger());
  }

  @Test
  void anOrderWithTheHeadersOfASagaIsAnOrderOfItsOwn() {
    String body = "{\"product_id\":%d,\"qty\":3}".formatted(product);

    Answer answer = middleware.post("/orders", body, headers("take-stock/1/action"));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.json().get("order").get("saga_id").asText()).isNotEqualTo(saga);
    assertThat(answer.json().get("stock").get("stock").asInt()).isEqualTo(95);
  }

  @Test
  void aReaderIsNotLedElsewhere() {
    String path = "/orders/" + placed.get("order").get("id").asLong();

    Answer answer = middleware.get(path, headers("take-stock/1/compensation"));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.json()).isEqualTo(placed.get("order"));
    assertThat(Shop.stock(product)).isEqualTo(98);
  }

  @Test
  void withoutTheCredentialStockIsChangedDirectlyAndTheSagaIsNotUndone() {
    Answer answer =
        client("inventory-a")
            .post(
                "/products/" + product + "/increment",
                "{\"qty\":2}",
                headers("take-stock/1/compensation"));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(Books.read(Databases.ofTopology()).movements())
        .filteredOn(movement -> movement.product() == product && movement.delta() == 2)
        .extracting(Books.Movement::saga)
        .containsOnlyNulls();
  }

  @Test
  void withoutTheCredentialNeitherOrderNorReportIsCancelled() {
    long order = placed.get("order").get("id").asLong();
    String cancelled = "{\"status\":\"cancelled\"}";
    for (Answer answer :
        List.of(
            client("orders-a").post("/orders/" + order + "/status", cancelled),
            client("orders-a")
                .post(
                    "/orders/" + order + "/status",
                    cancelled,
                    headers("create-order/2/compensation")),
            client("orders-b")
                .post(
                    "/orders/by-saga/" + saga + "/status",
                    cancelled,
                    headers("create-order/2/compensation")),
            client("reports-a")
                .post(
                    "/reports/by-saga/" + saga + "/status",
                    cancelled,
                    headers("write-report/3/compensation")))) {
      assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
      assertThat(answer.json().get("type").asText())
          .isIn("urn:relevo:problem:illegal-status-change", "urn:relevo:problem:conflict");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"inventory-a", "inventory-b", "orders-a", "orders-b", "reports-a", "reports-b"})
  void aWrongCredentialIsRefused(String instance) {
    for (String token :
        List.of("Bearer wrong", "Bearer ", "bearer " + TestTopology.OPERATOR_TOKEN)) {
      for (Answer answer :
          List.of(
              client(instance).get("/health", "Authorization", token),
              client(instance)
                  .post(
                      "/products/" + product + "/increment",
                      "{\"qty\":2}",
                      headers("take-stock/1/compensation", "Authorization", token)))) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
      }
    }
  }

  @Test
  void sagasAreForOperatorsOnly() {
    for (String path : List.of("/sagas", "/sagas/" + saga, "/sagas/" + saga + "/")) {
      assertUnauthorized(middleware.get(path));
      assertUnauthorized(middleware.get(path, "Authorization", "Bearer wrong"));
      assertUnauthorized(
          middleware.get(path, "Authorization", "Bearer " + TestTopology.SERVICE_TOKEN));
    }
    assertUnauthorized(middleware.post("/sagas/" + saga + "/retry", ""));

    String operator = "Bearer " + TestTopology.OPERATOR_TOKEN;
    Answer seen = middleware.get("/sagas/" + saga, "Authorization", operator);
    assertThat(seen.status()).as(seen.toString()).isEqualTo(200);
    assertThat(seen.json().get("state").asText()).isEqualTo("COMPLETED");
    Answer retried = middleware.post("/sagas/" + saga + "/retry", "", "Authorization", operator);
    assertThat(retried.status()).as(retried.toString()).isEqualTo(409);
  }

  private static void assertUnauthorized(Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    assertThat(answer.body()).doesNotContain("COMPLETED");
  }
}
