package dev.relevo.it;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Client.Answer;
import dev.relevo.it.TraceCollector.Recorded;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.Engines;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.web.filter.ServerHttpObservationFilter;

/** What a collector of traces gets to see of an order, and that there is nothing of it when off. */
class TraceIT {
  private static final TraceCollector COLLECTOR = new TraceCollector();
  private static final List<Instance> INSTANCES = new ArrayList<>();
  private static final String EDGE = "00f067aa0ba902b7";

  private static Client middleware;

  @BeforeAll
  static void start() {
    TestTopology.get();
    Engines engines = TestEngines.all();
    Map<String, Object> urls = new HashMap<>();
    for (Map.Entry<Role, DatabaseAccess> app :
        Map.of(
                Role.INVENTORY, engines.inventory(),
                Role.ORDERS, engines.orders(),
                Role.REPORTS, engines.reports())
            .entrySet()) {
      String url = start(app.getKey(), app.getValue(), Map.of());
      urls.put(app.getKey().id() + ".url.a", url);
      urls.put(app.getKey().id() + ".url.b", url);
    }
    middleware = new Client(start(Role.MIDDLEWARE, engines.saga(), urls), new Ledger());
  }

  private static String start(Role role, DatabaseAccess database, Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("relevo.tracing.enabled", true);
    settings.put("relevo.tracing.endpoint", COLLECTOR.endpoint());
    settings.put("relevo.tracing.probability", 1);
    Instance instance = TestTopology.start("traced-" + role.id(), role, database, settings);
    INSTANCES.add(instance);
    return instance.url();
  }

  @AfterAll
  static void stop() {
    for (int i = INSTANCES.size() - 1; i >= 0; i--) {
      INSTANCES.get(i).close();
    }
    COLLECTOR.close();
  }

  /** Orders as the edge passes it on: of a trace of its own that it does not record. */
  private static Answer order(String trace, int product, int qty) {
    Answer answer =
        middleware.post(
            "/orders",
            "{\"product_id\":%d,\"qty\":%d}".formatted(product, qty),
            "traceparent",
            "00-" + trace + "-" + EDGE + "-00");
    for (Instance instance : INSTANCES) {
      instance
          .context()
          .getBean(SdkTracerProvider.class)
          .forceFlush()
          .join(Shop.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    return answer;
  }

  private static String newTrace() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  @Test
  void anOrderIsOneTraceFromTheEdgeToTheDatabases() {
    String trace = newTrace();

    Answer answer = order(trace, Shop.newProduct(10), 1);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    List<Recorded> spans = COLLECTOR.of(trace);
    Map<String, Recorded> byId = spans.stream().collect(toMap(Recorded::id, Function.identity()));
    List<Recorded> first = spans.stream().filter(span -> span.parent().equals(EDGE)).toList();
    assertThat(first).as("the edge's children in " + spans).hasSize(1);
    assertThat(first.get(0).service()).isEqualTo("traced-middleware");
    assertThat(first.get(0).isServer()).isTrue();
    assertThat(first.get(0).name()).isEqualTo("http post /orders");
    assertThat(first.get(0).attributes())
        .containsEntry("relevo.sagaId", answer.header("Saga-Id"))
        .containsEntry("relevo.orderId", answer.json().at("/order/id").asText());
    assertThat(spans)
        .filteredOn(span -> span != first.get(0))
        .allSatisfy(span -> assertThat(byId).containsKey(span.parent()));
    assertThat(spans.stream().filter(Recorded::isServer).collect(perService()))
        .isEqualTo(
            Map.of(
                "traced-middleware", 1L,
                "traced-inventory", 1L,
                "traced-orders", 1L,
                "traced-reports", 1L));
    assertThat(spans)
        .filteredOn(span -> span.isServer() && span != first.get(0))
        .allSatisfy(
            span -> {
              Recorded call = byId.get(span.parent());
              assertThat(call.service()).isEqualTo("traced-middleware");
              assertThat(call.kind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
              assertThat(call.parent()).isEqualTo(first.get(0).id());
            });
    assertThat(spans.stream().filter(Recorded::isSql).collect(perService()))
        .containsOnlyKeys(
            "traced-middleware", "traced-inventory", "traced-orders", "traced-reports")
        .hasEntrySatisfying("traced-middleware", n -> assertThat(n).isGreaterThanOrEqualTo(4));
    assertThat(spans)
        .as("nothing of what Camel does in between")
        .allSatisfy(
            span ->
                assertThat(span.kind()).isIn(SpanKind.SPAN_KIND_SERVER, SpanKind.SPAN_KIND_CLIENT));
  }

  private static Collector<Recorded, ?, Map<String, Long>> perService() {
    return groupingBy(Recorded::service, counting());
  }

  @Test
  void whatIsUndoneOnAnotherThreadIsOfTheSameTrace() {
    String trace = newTrace();

    Answer answer = order(trace, Shop.newProduct(1), 2);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
    assertThat(COLLECTOR.of(trace))
        .filteredOn(span -> span.isServer() && span.service().equals("traced-inventory"))
        .extracting(Recorded::name)
        .containsExactlyInAnyOrder(
            "http post /products/{id}/decrement", "http post /products/{id}/increment");
  }

  @Test
  void aProcessByItselfBeginsNoTrace() {
    // Leases are renewed, and takeovers looked for, all the time.
    assertThat(order(newTrace(), Shop.newProduct(10), 1).status()).isEqualTo(200);
    assertThat(middleware.get("/health").status()).isEqualTo(200);
    assertThat(middleware.get("/observe/health/ready").status()).isEqualTo(200);
    order(newTrace(), Shop.newProduct(10), 1);

    Map<String, List<Recorded>> traces =
        COLLECTOR.all().stream().collect(groupingBy(Recorded::trace));

    assertThat(traces)
        .allSatisfy(
            (trace, spans) ->
                assertThat(spans)
                    .as(trace)
                    .anyMatch(span -> span.isServer() && span.parent().equals(EDGE))
                    .noneMatch(Recorded::isRoot));
  }

  @Test
  void whileItIsOffThereIsNothingThatCouldMakeSpans() {
    for (String name : Set.of("middleware", "inventory-a", "orders-a", "reports-a")) {
      Instance untraced = TestTopology.instance(name);
      assertThat(untraced.context().getBeanProvider(OpenTelemetry.class).stream()).isEmpty();
      assertThat(untraced.context().getBeansOfType(FilterRegistrationBean.class).values())
          .isNotEmpty()
          .noneMatch(filter -> filter.getFilter() instanceof ServerHttpObservationFilter);
    }
  }
}
