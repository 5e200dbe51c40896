package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import dev.relevo.observability.MetricNames;
import dev.relevo.role.watchdog.SimulatedWatchdog;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators can see of the running topology, and others can't. */
class ObserveIT {
  private static final String[] OPERATOR = {
    "Authorization", "Bearer " + TestTopology.OPERATOR_TOKEN
  };
  private static final int SOLD_OUT = 5;

  private final Client client = new Client(TestTopology.url("middleware"), new Ledger());

  @Test
  void metricsCountOrdersAndSagas() {
    Shop.awaitBreakersClosed(client, Shop.newProduct(1000));
    double refused = value("relevo_orders_total{outcome=\"refused\"}");
    double placed = value("relevo_orders_total{outcome=\"placed\"}");

    assertThat(client.order(Shop.newProduct(10), 1).status()).isEqualTo(200);
    assertThat(client.order(SOLD_OUT, 1).status()).isEqualTo(409);

    assertThat(value("relevo_orders_total{outcome=\"placed\"}")).isEqualTo(placed + 1);
    assertThat(value("relevo_orders_total{outcome=\"refused\"}")).isEqualTo(refused + 1);
    assertThat(value("relevo_sagas{state=\"parked\"}")).isNotNaN();
    assertThat(value("relevo_saga_takeovers_total")).isNotNegative();
    assertThat(metrics())
        .contains("relevo_saga_compensations_seconds_count{compensation=\"release-stock\"");
  }

  @Test
  void breakersAndFallbacksAreCounted() {
    int product = Shop.newProduct(1000);
    Shop.awaitBreakersClosed(client, product);
    assertThat(value(state("orders", "a", "closed"))).isEqualTo(1);
    assertThat(value(state("orders", "a", "open"))).isZero();
    double before = value("relevo_fallbacks_total{participant=\"orders\"}");
    TestTopology.instance("orders-a").close();
    try {
      await()
          .atMost(Shop.PATIENCE)
          .until(
              () -> {
                client.order(product, 1);
                return value(state("orders", "a", "open")) == 1;
              });
      assertThat(value("relevo_fallbacks_total{participant=\"orders\"}")).isGreaterThan(before);
      assertThat(value("relevo_breaker_unanswered_total{participant=\"orders\",twin=\"a\"}"))
          .isPositive();
      assertThat(value("relevo_fallbacks_total{participant=\"reports\"}")).isNotNegative();
    } finally {
      TestTopology.instance("orders-a").start();
    }
    Shop.awaitBreakersClosed(client, product);
  }

  private static String state(String participant, String twin, String state) {
    return "relevo_breaker{participant=\"%s\",state=\"%s\",twin=\"%s\"}"
        .formatted(participant, state, twin);
  }

  @Test
  void aRepeatedWriteHitsTheBarrier() {
    Client inventory = new Client(TestTopology.url("inventory-a"), new Ledger());
    double before = value(inventory, "relevo_barrier_hits_total{hit=\"repeated\"}");
    String path = "/products/" + Shop.newProduct(10) + "/decrement";
    String key = UUID.randomUUID().toString();

    assertThat(inventory.post(path, "{\"qty\":1}", "Idempotency-Key", key).status()).isEqualTo(200);
    assertThat(inventory.post(path, "{\"qty\":1}", "Idempotency-Key", key).status()).isEqualTo(200);

    assertThat(value(inventory, "relevo_barrier_hits_total{hit=\"repeated\"}"))
        .isEqualTo(before + 1);
  }

  @Test
  void camelsRoutesAndThePoolAreMeasuredInEveryRole() {
    client.order(Shop.newProduct(10), 1);
    for (String instance : List.of("middleware", "inventory-a", "orders-a", "reports-a")) {
      Client other = new Client(TestTopology.url(instance), new Ledger());
      assertThat(metrics(other)).as(instance).contains("hikaricp_connections_active{pool=\"");
    }
    String route = "{camelContext=\"middleware\",routeId=\"order-saga\"}";
    assertThat(value("camel_exchanges_total" + route)).isPositive();
    assertThat(value("camel_exchanges_failed_total" + route)).isNotNegative();
    assertThat(value("camel_route_policy_seconds_count" + route)).isPositive();
  }

  @Test
  void everyMetricThatRulesAndDashboardAskForIsExposed() {
    client.order(Shop.newProduct(10), 1);
    client.order(SOLD_OUT, 1);
    Set<String> exposed = new TreeSet<>(MetricNames.exposed(metrics()));
    exposed.addAll(
        MetricNames.exposed(metrics(new Client(TestTopology.url("inventory-a"), new Ledger()))));
    try (SimulatedWatchdog watchdog = new SimulatedWatchdog()) {
      Answer scrape =
          new Client(watchdog.url(), new Ledger())
              .get("/observe/prometheus", "Authorization", "Bearer " + SimulatedWatchdog.READERS);
      assertThat(scrape.status()).isEqualTo(200);
      exposed.addAll(MetricNames.exposed(scrape.body()));
    }

    Set<String> asked = MetricNames.asked("");
    asked.removeAll(MetricNames.asked("haproxy_"));
    assertThat(asked).hasSizeGreaterThan(25);
    assertThat(exposed).containsAll(asked);
  }

  @Test
  void aPrometheusHasATokenThatOpensNothingElse() {
    String[] prometheus = {"Authorization", "Bearer " + TestTopology.METRICS_TOKEN};
    for (String instance : List.of("middleware", "inventory-a", "orders-a", "reports-a")) {
      Client other = new Client(TestTopology.url(instance), new Ledger());
      assertThat(other.get("/observe/prometheus", prometheus).status()).isEqualTo(200);
      for (String path :
          List.of("/observe/hawtio/", "/observe/jolokia", "/observe/health/operator", "/observe")) {
        assertThat(other.get(path, prometheus).status()).as(path).isEqualTo(401);
      }
    }
    assertThat(client.get("/sagas", prometheus).status()).isEqualTo(401);
  }

  @Test
  void theHealthNamesSagasToOperators() {
    Answer health = client.get("/observe/health/operator", OPERATOR);

    assertThat(health.status()).as(health.toString()).isEqualTo(200);
    JsonNode sagas = health.json().path("components").path("sagas");
    assertThat(sagas.path("status").asText()).isEqualTo("UP");
  }

  @Test
  void theBareHealthIsForEverybody() {
    for (String path :
        List.of("/observe/health", "/observe/health/live", "/observe/health/ready")) {
      Answer health = client.get(path);
      assertThat(health.status()).as(path).isEqualTo(200);
      assertThat(health.body()).as(path).doesNotContain("sagas", "db");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"middleware", "inventory-a", "orders-a", "reports-a"})
  void nothingElseIsShownToOthers(String instance) {
    Client other = new Client(TestTopology.url(instance), new Ledger());
    for (String path :
        List.of(
            "/observe/prometheus",
            "/observe/prometheus/",
            "/observe//prometheus",
            "/observe/health/../prometheus",
            "/observe/health;/../prometheus",
            "/observe/prometheus;a=b",
            "/observe/%70rometheus",
            "/observe/health/operator",
            "/observe/health/sagas",
            "/observe/env",
            "/observe")) {
      Answer answer = other.get(path);
      assertThat(answer.status()).as(path + ": " + answer).isIn(400, 401, 404);
      assertThat(answer.body()).as(path).doesNotContain("relevo_", "components");
      Answer wrong = other.get(path, "Authorization", "Bearer wrong");
      assertThat(wrong.status()).as(path + ": " + wrong).isIn(400, 401, 404);
    }
    assertThat(other.get("/observe/prometheus").status()).isEqualTo(401);
  }

  private double value(String name) {
    return value(client, name);
  }

  private static double value(Client client, String name) {
    return Stream.of(metrics(client).split("\n"))
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(0.0);
  }

  private String metrics() {
    return metrics(client);
  }

  private static String metrics(Client client) {
    Answer answer = client.get("/observe/prometheus", OPERATOR);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.body();
  }
}
