package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Many clients at the same time, nothing broken. */
class ConcurrentOrdersIT {
  private final Ledger ledger = new Ledger();
  private final Client client = new Client(TestTopology.url("middleware"), ledger);

  @Test
  void twoHundredOrdersForAStockOfAHundred() {
    int product = Shop.newProduct(100);
    CyclicBarrier start = new CyclicBarrier(200);

    List<Answer> answers =
        Shop.together(
            200,
            () -> {
              start.await(60, TimeUnit.SECONDS);
              return client.order(product, 1);
            });

    assertThat(
            answers.stream().collect(Collectors.groupingBy(Answer::status, Collectors.counting())))
        .isEqualTo(Map.of(200, 100L, 409, 100L));
    assertThat(answers)
        .filteredOn(answer -> answer.status() == 409)
        .extracting(answer -> answer.json().get("type").asText())
        .containsOnly("urn:relevo:problem:not-enough-stock");
    assertThat(Shop.stock(product)).isZero();
    Books books = Books.read(Databases.ofTopology());
    assertThat(books.orders()).filteredOn(order -> order.product() == product).hasSize(100);
    assertThat(books.reports()).filteredOn(report -> report.product() == product).hasSize(100);
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }

  @Test
  void twentyRequestsWithTheSameKeyAreOneOrder() {
    int product = Shop.newProduct(100);
    String key = UUID.randomUUID().toString();
    CyclicBarrier start = new CyclicBarrier(20);

    List<Answer> answers =
        Shop.together(
            20,
            () -> {
              start.await(60, TimeUnit.SECONDS);
              return client.order(key, product, 3);
            });

    assertThat(answers).extracting(Answer::status).containsOnly(200);
    assertThat(answers).extracting(Answer::body).containsOnly(answers.get(0).body());
    assertThat(answers)
        .filteredOn(answer -> "true".equals(answer.header("Idempotent-Replayed")))
        .hasSize(19);
    assertThat(Shop.stock(product)).isEqualTo(97);
    Answer other = client.order(key, product, 4);
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().get("type").asText())
        .isEqualTo("urn:relevo:problem:idempotency-key-reused");
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }

  /** Nothing is broken, so nothing may be answered with an error, and no connection may break. */
  @Test
  void plainLoadIsAnsweredWithoutAnyError() {
    int product = Shop.newProduct(2000);

    List<List<Answer>> failures =
        Shop.together(
            10,
            () -> {
              List<Answer> bad = new ArrayList<>();
              for (int i = 0; i < 150; i++) {
                Answer answer = client.order(product, 1);
                if (answer.status() != 200) {
                  bad.add(answer);
                }
              }
              return bad;
            });

    assertThat(failures).allSatisfy(bad -> assertThat(bad).isEmpty());
    assertThat(Shop.stock(product)).isEqualTo(500);
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }
}
