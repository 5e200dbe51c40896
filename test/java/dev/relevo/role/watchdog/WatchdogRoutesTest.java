package dev.relevo.role.watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.relevo.RouteTestSupport;
import dev.relevo.failover.FailoverTimes;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.SimulatedPair;
import dev.relevo.failover.Watchdog;
import dev.relevo.http.Contract;
import dev.relevo.http.ProblemDetails;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Registry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** The loop and the answers, as routes, on a simulated pair. */
class WatchdogRoutesTest extends RouteTestSupport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SimulatedPair pair = new SimulatedPair();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WatchdogMetrics metrics = new WatchdogMetrics(registry, "mysql");
  private final Watchdog watchdog = pair.watchdog(metrics);

  WatchdogRoutesTest() {
    super(
        List.of("watchdogs/application.yaml"),
        List.of("watchdogs/*.camel.yaml", "routes/problem-details.camel.yaml"));
    set("relevo.watchdog.tick", 20);
    metrics.watch(watchdog);
  }

  @Override
  protected void bindToRegistry(Registry registry) {
    registry.bind("contract", Contract.load(new ClassPathResource("watchdogs/openapi.yaml")));
    registry.bind("problemDetails", new ProblemDetails(Duration.ofSeconds(1)));
    registry.bind("watchdog", watchdog);
    registry.bind("watchdogView", new WatchdogView(watchdog, Duration.ofSeconds(10)));
  }

  @AfterEach
  void stopLoop() {
    context.stop();
    watchdog.close();
  }

  private Exchange call(String operation, String body, String query) {
    Map<String, Object> headers = new HashMap<>();
    if (body != null) {
      headers.put(Exchange.CONTENT_TYPE, "application/json");
    }
    if (query != null) {
      headers.put(Exchange.HTTP_RAW_QUERY, query);
      headers.put(Exchange.HTTP_QUERY, query);
    }
    return template.request(
        "direct:" + operation,
        exchange -> {
          exchange.getMessage().setHeaders(headers);
          exchange
              .getMessage()
              .setBody(body == null ? null : body.getBytes(StandardCharsets.UTF_8));
        });
  }

  private static Integer status(Exchange exchange) {
    return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
  }

  private static JsonNode json(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    try {
      return body instanceof Map
          ? JSON.valueToTree(body)
          : JSON.readTree(exchange.getMessage().getBody(String.class));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private JsonNode statusNow() {
    return json(call("getStatus", null, null));
  }

  private void awaitWhole(NodeId primary) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                pair.whole()
                    && watchdog.record().orElseThrow().primary() == primary
                    && watchdog
                        .latest()
                        .filter(step -> step.decision().rule().equals("whole"))
                        .isPresent());
  }

  @Test
  void aKilledPrimaryIsReplacedAndTheWorldIsTold() {
    awaitWhole(NodeId.A);
    pair.killForGood(NodeId.A);
    await().until(() -> pair.routed(NodeId.B));
    await().until(() -> registry.find("relevo.watchdog.failover.phase").timers().size() == 5);

    JsonNode status = statusNow();
    assertThat(status.at("/record/primary").asText()).isEqualTo("b");
    assertThat(status.at("/record/epoch").asLong()).isEqualTo(2);
    assertThat(status.at("/record/peer_in_sync").asBoolean()).isFalse();
    assertThat(status.at("/nodes/a/up").asBoolean()).isFalse();
    assertThat(status.at("/nodes/b/role").asText()).isEqualTo("primary");
    assertThat(status.at("/router/b/ready").asBoolean()).isTrue();
    assertThat(status.at("/router/a/ready").asBoolean()).isFalse();
    assertThat(status.at("/zero_loss_share").asDouble()).isBetween(0.0, 1.0);
    assertThat(registry.get("relevo.watchdog.epoch").gauge().value()).isEqualTo(2);
    assertThat(registry.get("relevo.watchdog.failovers").counter().count()).isEqualTo(1);
    assertThat(registry.get("relevo.watchdog.primary").tag("node", "b").gauge().value()).isOne();

    List<String> rules = json(call("listEvents", null, "limit=1000")).findValuesAsText("rule");
    assertThat(rules)
        .containsSubsequence(
            "handover-fence",
            "handover-stop-receiver",
            "name-the-peer",
            "promote",
            "open-writes",
            "route");
    JsonNode page = json(call("listEvents", null, "limit=1"));
    assertThat(page.path("items")).hasSize(1);
    assertThat(page.path("next").asLong()).isPositive();
  }

  @Test
  void aPlannedSwitchoverAndBack() {
    awaitWhole(NodeId.A);
    assertThat(status(call("switchOver", "{\"primary\":\"a\"}", null)))
        .as("it is the primary already")
        .isEqualTo(409);
    assertThat(status(call("switchOver", "{\"primary\":\"b\"}", null))).isEqualTo(202);
    awaitWhole(NodeId.B);
    assertThat(pair.routed(NodeId.B)).isTrue();
  }

  @Test
  void aPausedOneDoesNothingUntilItIsResumed() {
    awaitWhole(NodeId.A);
    assertThat(status(call("pauseWatchdog", null, null))).isEqualTo(200);
    pair.killForGood(NodeId.A);
    await()
        .until(
            () ->
                statusNow().at("/decision/action").asText().equals("HOLD_PAUSED")
                    && statusNow().at("/decision/diagnosis").asText().equals("PRIMARY_DEAD"));
    assertThat(watchdog.record().orElseThrow().primary()).isEqualTo(NodeId.A);
    assertThat(status(call("resumeWatchdog", null, null))).isEqualTo(200);
    await().until(() -> pair.routed(NodeId.B));
  }

  @Test
  void forceSaysWhatMayBeLost() {
    awaitWhole(NodeId.A);
    assertThat(status(call("pauseWatchdog", null, null))).isEqualTo(200);
    assertThat(status(call("getRole", null, "node=b&data=none"))).isNull();
    assertThat(watchdog.record().orElseThrow().peerInSync()).isFalse();
    Exchange refused = call("forcePrimary", "{\"primary\":\"b\"}", null);
    assertThat(status(refused)).isEqualTo(409);
    assertThat(json(refused).path("detail").asText()).contains("accept_loss", "thrown away");
    Exchange accepted = call("forcePrimary", "{\"primary\":\"b\",\"accept_loss\":true}", null);
    assertThat(status(accepted)).isEqualTo(202);
    assertThat(json(accepted).path("warning").asText()).contains("thrown away");
    assertThat(status(call("resumeWatchdog", null, null))).isEqualTo(200);
    await().until(() -> pair.routed(NodeId.B));
  }

  @Test
  void aNodeIsToldWhatItIs() {
    awaitWhole(NodeId.A);
    Exchange told = call("getRole", null, "node=b&data=running");
    assertThat(told.getMessage().getBody(String.class).lines())
        .containsExactly("role=replica", "provision=none", "primary=a", "epoch=1");
    assertThat(told.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("text/plain");
    assertThat(status(call("getRole", null, "node=a&data=none")))
        .as("a primary without data")
        .isEqualTo(503);
    assertThat(status(call("getRole", null, "node=c&data=none"))).isEqualTo(422);
  }

  @Test
  void aNodeThatIsAboutToStopIsRelieved() {
    awaitWhole(NodeId.A);
    Exchange fenced = call("fenceNode", "{\"node\":\"a\"}", null);
    assertThat(json(fenced).path("fenced").asBoolean()).isTrue();
    assertThat(pair.routed(NodeId.A)).isFalse();
    assertThat(watchdog.record().orElseThrow().primary()).isEqualTo(NodeId.B);
  }

  @Test
  void itIsHealthyWhileTheLoopRuns() {
    awaitWhole(NodeId.A);
    assertThat(json(call("getHealth", null, null)).path("status").asText()).isEqualTo("UP");
  }

  @Test
  void itIsNotHealthyBeforeTheLoopHasRun() {
    try (Watchdog idle = new SimulatedPair().watchdog(metrics)) {
      WatchdogView view = new WatchdogView(idle, Duration.ZERO);
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> view.health(new org.apache.camel.support.DefaultExchange(context))))
          .hasMessageContaining("does not run");
    }
  }

  @Test
  void theSettingsDefaultsAreTheDecisions() {
    assertThat(
            new org.springframework.boot.context.properties.bind.Binder(List.of())
                .bindOrCreate("relevo.failover", FailoverProperties.class)
                .times())
        .isEqualTo(FailoverTimes.defaults());
  }
}
