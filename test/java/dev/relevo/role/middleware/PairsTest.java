package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.role.watchdog.SimulatedWatchdog;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the middleware gets to know of a pair, from a watchdog that runs. */
class PairsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static SimulatedWatchdog watchdog;

  @BeforeAll
  static void start() {
    watchdog = new SimulatedWatchdog();
  }

  @AfterAll
  static void stop() {
    watchdog.close();
  }

  private static Pairs pairs(String token) {
    return new Pairs(Map.of("mysql", URI.create(watchdog.url() + "/observe/pair")), token);
  }

  private static JsonNode awaitPair(Pairs pairs, Predicate<JsonNode> is) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> JSON.valueToTree(pairs.latest()).get(0), is);
  }

  @Test
  void itsNodesAndItsFailoversAreShown() {
    Pairs pairs = pairs(SimulatedWatchdog.READERS);

    JsonNode before = awaitPair(pairs, pair -> pair.path("peer_in_sync").asBoolean());

    assertThat(before.path("engine").asText()).isEqualTo("mysql");
    assertThat(before.path("nodes"))
        .allMatch(node -> node.path("reachable").asBoolean())
        .extracting(node -> node.path("role").asText())
        .containsExactlyInAnyOrder("primary", "replica");
    String primary = before.path("primary").asText();

    watchdog.switchOver();

    JsonNode after = awaitPair(pairs, pair -> !pair.path("failovers").isEmpty());
    JsonNode failover = after.path("failovers").get(0);
    assertThat(failover.path("from").asText()).isEqualTo(primary);
    assertThat(failover.path("to").asText())
        .isNotEqualTo(primary)
        .isEqualTo(after.path("primary").asText());
    assertThat(failover.path("epoch").asLong()).isEqualTo(after.path("epoch").asLong());
    assertThat(failover.path("phases").fieldNames())
        .toIterable()
        .containsExactly("detect", "fence", "drain", "promote", "route");
  }

  @Test
  void whoHasNotTheTokenIsToldNothing() {
    JsonNode refused = awaitPair(pairs("wrong"), pair -> says(pair, "its watchdog answers 401"));

    assertThat(refused.has("primary")).isFalse();
  }

  private static boolean says(JsonNode pair, String error) {
    return pair.path("error").asText().equals(error);
  }

  @Test
  void aWatchdogThatIsAwayIsShownAsSuchAndHoldsNobodyUp() {
    Pairs pairs = new Pairs(Map.of("mysql", URI.create("http://127.0.0.1:1/observe/pair")), "");

    assertThat(pairs.latest()).hasSize(1);
    awaitPair(pairs, pair -> says(pair, "its watchdog gives no answer"));
  }

  @Test
  void withoutWatchdogsThereAreNoPairs() {
    assertThat(new Pairs(Map.of(), "").latest()).isEqualTo(List.of());
  }
}
