package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.it.Client.Answer;
import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.launcher.TestTopology;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither instance of an application answers until the deadline. */
class BothInstancesDownIT {
  /** For a thread that has to be scheduled on a busy machine. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private final ProxiedMiddleware middleware = ProxiedMiddleware.get();
  private final Ledger ledger = new Ledger();
  private final Client client = new Client(middleware.url(), ledger);
  private final String key = UUID.randomUUID().toString();
  private int product;
  private int stock;

  @BeforeEach
  void allIsWell() {
    product = Shop.newProduct(1000);
    Shop.awaitBreakersClosed(client, product);
    stock = Shop.stock(product);
  }

  @AfterEach
  void heal() {
    middleware.healAll();
    for (String name : List.of("inventory", "orders", "reports")) {
      TestTopology.instance(name + "-a").start();
      TestTopology.instance(name + "-b").start();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inventory", "orders", "reports"})
  void theOrderIsUndoneAndCanBePlacedAgain(String participant) {
    TestTopology.instance(participant + "-a").close();
    TestTopology.instance(participant + "-b").close();

    Answer answer = client.order(key, product, 2);

    String saga = assertUnavailable(answer);
    TestTopology.instance(participant + "-a").start();
    TestTopology.instance(participant + "-b").start();
    assertUndone(saga);
    assertPlacedNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inventory", "orders", "reports"})
  void a500OfBothIsNoAnswer(String participant) {
    middleware.injectBeforeBoth(participant, Fault.FAIL_INSTEAD, "/action");

    Answer answer = client.order(key, product, 2);

    // The compensation gets through, so the client needn't wait for it.
    assertThat(answer.took()).isLessThan(ProxiedMiddleware.DEADLINE.plus(SLACK));
    String saga = assertUnavailable(answer);
    assertUndone(saga);
    middleware.healAll();
    assertPlacedNow();
  }

  /** Both act, and neither's answer arrives: the effects are there, and are undone. */
  @ParameterizedTest
  @ValueSource(strings = {"inventory", "orders", "reports"})
  void effectsThatNobodyWasToldOfAreUndone(String participant) {
    middleware.injectBeforeBoth(participant, Fault.CUT_BEFORE_ANSWER, "/action");

    Answer answer = client.order(key, product, 2);

    assertThat(middleware.before(participant + "-a").struck()).isPositive();
    assertThat(answer.took()).isLessThan(ProxiedMiddleware.DEADLINE.plus(SLACK));
    String saga = assertUnavailable(answer);
    assertUndone(saga);
    middleware.healAll();
    assertPlacedNow();
  }

  /** Returns the saga's id. */
  private String assertUnavailable(Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
    assertThat(answer.took())
        .isLessThan(ProxiedMiddleware.DEADLINE.plus(ProxiedMiddleware.GRACE).plus(SLACK));
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.header("Retry-After")).isEqualTo("2");
    assertThat(answer.header("Idempotency-Key")).isEqualTo(key);
    assertThat(answer.json().get("type").asText()).isEqualTo("urn:relevo:problem:unavailable");
    return answer.json().get("saga_id").asText();
  }

  private void assertUndone(String saga) {
    Databases databases = Databases.ofTopology();
    Invariants.awaitQuiet(databases);
    Books books = Books.read(databases);
    assertThat(books.sagas())
        .filteredOn(row -> row.id().equals(saga))
        .extracting(Books.Saga::state)
        .containsExactly("COMPENSATED");
    assertThat(Shop.stock(product)).isEqualTo(stock);
    assertThat(books.orders())
        .filteredOn(order -> saga.equals(order.saga()) && order.isLive())
        .isEmpty();
    assertThat(books.reports())
        .filteredOn(report -> saga.equals(report.saga()) && report.isLive())
        .isEmpty();
    Invariants.assertHold(databases, ledger);
  }

  /** The same key, and a new one. */
  private void assertPlacedNow() {
    await("the order is placed")
        .atMost(Shop.PATIENCE)
        .until(() -> client.order(key, product, 2).status() == 200);
    Answer again = client.order(key, product, 2);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(Shop.stock(product)).isEqualTo(stock - 2);
    assertThat(client.order(product, 1).status()).isEqualTo(200);
    assertThat(Shop.stock(product)).isEqualTo(stock - 3);
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }
}
