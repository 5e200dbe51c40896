package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.RouteTestSupport;
import dev.relevo.http.Contract;
import dev.relevo.http.Problem;
import dev.relevo.http.ProblemDetails;
import dev.relevo.http.ProblemType;
import dev.relevo.http.ReadPatience;
import dev.relevo.role.middleware.ParticipantServer.Call;
import dev.relevo.role.middleware.ParticipantServer.Reply;
import dev.relevo.saga.JournaledSagaService;
import dev.relevo.saga.MemorySagaJournal;
import dev.relevo.saga.OncePolicy;
import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaJournal;
import dev.relevo.saga.SagaListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.PropertyBindingSupport;
import org.springframework.core.io.ClassPathResource;

/**
 * The middleware's routes between a client and six instances of participants, all played by the
 * test.
 */
abstract class MiddlewareRoutes extends RouteTestSupport {
  static final String TOKEN = "service-token-of-the-test";
  static final String ORDER = "{\"product_id\":7,\"qty\":3}";
  static final String STOCK = "{\"id\":7,\"name\":\"Produit n° 7\",\"stock\":97}";
  static final String CREATED =
      "{\"id\":41,\"product_id\":7,\"qty\":3,\"status\":\"created\",\"saga_id\":null}";
  static final String REPORT = "{\"id\":5,\"order_id\":41,\"status\":\"created\"}";

  private static final JsonMapper JSON = new JsonMapper();

  /** Every call to a participant, in the order of their arrival. */
  final List<Call> calls = new CopyOnWriteArrayList<>();

  final ParticipantServer inventoryA = server("inventory-a", MiddlewareRoutes::inventory);
  final ParticipantServer inventoryB = server("inventory-b", MiddlewareRoutes::inventory);
  final ParticipantServer ordersA = server("orders-a", MiddlewareRoutes::orders);
  final ParticipantServer ordersB = server("orders-b", MiddlewareRoutes::orders);
  final ParticipantServer reportsA = server("reports-a", call -> Reply.json(201, REPORT));
  final ParticipantServer reportsB = server("reports-b", call -> Reply.json(201, REPORT));

  final MemorySagaJournal journal = new MemorySagaJournal();
  private JournaledSagaService sagas;

  /** What a client is given. */
  record Given(int status, Map<String, Object> headers, String body) {
    String header(String name) {
      Object value = headers.get(name);
      return value == null ? null : value.toString();
    }

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError(body, e);
      }
    }
  }

  MiddlewareRoutes() {
    super(List.of("routes/application.yaml"), List.of("routes/*.camel.yaml"));
    set("inventory.url.a", inventoryA.url());
    set("inventory.url.b", inventoryB.url());
    set("orders.url.a", ordersA.url());
    set("orders.url.b", ordersB.url());
    set("reports.url.a", reportsA.url());
    set("reports.url.b", reportsB.url());
    set("relevo.retry.first-pause", 20);
    set("relevo.retry.longest-pause", 100);
    set("relevo.participant.response-timeout", 1000);
  }

  /** Short times; a test that needs others overrides it. */
  SagaProperties properties() {
    return properties(Duration.ofSeconds(10), 3);
  }

  static SagaProperties properties(Duration deadline, int parkAfter) {
    return new SagaProperties(
        SagaProperties.Journal.MEMORY,
        deadline,
        Duration.ofMillis(200),
        Duration.ofSeconds(3),
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        parkAfter,
        Duration.ofSeconds(60),
        20,
        Duration.ofHours(24),
        Duration.ofDays(6),
        8,
        Duration.ofSeconds(2));
  }

  Processor requireYes() {
    return new MiddlewareConfiguration().requireYes();
  }

  /** What is told of the sagas. */
  SagaListener listener() {
    return new SagaListener() {};
  }

  JournaledSagaService sagaService() {
    return sagas;
  }

  /** The journal that the service writes to. */
  SagaJournal usedJournal() {
    return journal;
  }

  @Override
  protected CamelContext createCamelContext() throws Exception {
    CamelContext created = super.createCamelContext();
    HttpComponent http = new HttpComponent();
    http.setCamelContext(created);
    PropertyBindingSupport.build().bind(created, http, settingsBelow("camel.component.http."));
    new MiddlewareConfiguration()
        .participantClient(TOKEN, (request, scope, chain) -> chain.proceed(request, scope))
        .configure("http", http);
    created.addComponent("http", http);
    return created;
  }

  /** The same beans as the role's, by the names that the routes call them. */
  @Override
  protected void bindToRegistry(Registry registry) {
    MiddlewareConfiguration beans = new MiddlewareConfiguration();
    SagaProperties properties = properties();
    sagas = beans.sagaService(usedJournal(), properties, listener());
    OncePolicy once = beans.once(sagas);
    registry.bind("contract", Contract.load(new ClassPathResource("routes/openapi.yaml")));
    registry.bind("problemDetails", new ProblemDetails(Duration.ofSeconds(1)));
    registry.bind("mayWait", new ReadPatience(Duration.ofSeconds(1)));
    registry.bind("sagaService", sagas);
    registry.bind("once", once);
    registry.bind(
        "admission",
        beans.admission(new AdmissionProperties(16, Duration.ofSeconds(10)), properties));
    registry.bind("prepareCall", beans.prepareCall());
    registry.bind("requireAnswer", beans.requireAnswer());
    registry.bind("requireYes", requireYes());
    registry.bind("orderInLog", beans.orderInLog());
    registry.bind("deadlineAhead", beans.deadlineAhead(properties));
    registry.bind("sagaProblems", beans.sagaProblems(properties));
    registry.bind("sagaView", beans.sagaView(sagas));
    UnfinishedSagas unfinished = beans.unfinishedSagas(usedJournal());
    registry.bind("healthView", beans.healthView(unfinished));
    registry.bind(
        "overviewView",
        beans.overviewView(
            unfinished,
            beans.orderStatistics(new SimpleMeterRegistry()),
            new Pairs(Map.of(), ""),
            "middleware"));
  }

  @Override
  protected void cleanupResources() {
    List.of(inventoryA, inventoryB, ordersA, ordersB, reportsA, reportsB)
        .forEach(ParticipantServer::close);
  }

  /** Places an order; key null for none. */
  Given placeOrder(String key, String body) {
    Map<String, Object> headers = new TreeMap<>();
    if (key != null) {
      headers.put("Idempotency-Key", key);
    }
    headers.put(Exchange.CONTENT_TYPE, "application/json");
    return request("placeOrder", headers, body);
  }

  Given placeOrder() {
    return placeOrder(null, ORDER);
  }

  /** The same on another thread. */
  CompletableFuture<Given> placeOrderMeanwhile(String key) {
    return CompletableFuture.supplyAsync(() -> placeOrder(key, ORDER));
  }

  /** A participant's no, as its client is to get it. */
  static String no(ProblemType type, String detail) {
    return new String(Problem.of(type, detail).toJson(), StandardCharsets.UTF_8);
  }

  static Reply refusal(ProblemType type, String detail) {
    return Reply.problem(type.status(), no(type, detail));
  }

  /** The state of a circuit breaker as {@code GET /health} shows it. */
  String breaker(String id) {
    return request("getHealth", Map.of(), null).json().path("breakers").path(id).asText();
  }

  static boolean isCompensation(Call call) {
    return call.header("Relevo-Saga-Step").endsWith("/compensation");
  }

  /** Sends a request to an operation the way the HTTP consumer does. */
  Given request(String operation, Map<String, Object> headers, String body) {
    Exchange answer =
        template.request(
            "direct:" + operation,
            exchange -> {
              exchange.getMessage().setHeaders(new TreeMap<>(headers));
              exchange
                  .getMessage()
                  .setBody(body == null ? null : body.getBytes(StandardCharsets.UTF_8));
            });
    assertThat(answer.getException()).as("what left the route").isNull();
    Integer status = answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    return new Given(
        status == null ? 200 : status,
        new TreeMap<>(answer.getMessage().getHeaders()),
        answer.getMessage().getBody(String.class));
  }

  /** The calls as {@code inventory-a POST /products/7/decrement}. */
  List<String> lines() {
    return calls.stream().map(call -> call.instance() + " " + call.line()).toList();
  }

  List<Call> calls(Predicate<Call> which) {
    return calls.stream().filter(which).toList();
  }

  /** The one saga that the test has begun. */
  Saga saga() {
    List<Saga> all = journal.list(null, 10, null);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private ParticipantServer server(String name, Function<Call, Reply> behaviour) {
    return new ParticipantServer(name, calls, behaviour);
  }

  private static Reply inventory(Call call) {
    return Reply.json(200, STOCK);
  }

  private static Reply orders(Call call) {
    if (call.method().equals("GET")) {
      return Reply.json(200, CREATED);
    }
    return call.path().endsWith("/status")
        ? Reply.json(200, CREATED.replace("created", "cancelled"))
        : Reply.json(201, CREATED);
  }
}
