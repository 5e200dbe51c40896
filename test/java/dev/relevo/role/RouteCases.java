package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.relevo.RouteTestSupport;
import dev.relevo.http.Contract;
import dev.relevo.http.LogContext;
import dev.relevo.http.Page;
import dev.relevo.http.ProblemDetails;
import dev.relevo.http.ReadPatience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.spi.Policy;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.MessageHelper;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * An application's real routes, with mocks of its statements and without its barrier; what the
 * statements do, and the barrier, is tried on the real engines.
 */
abstract class RouteCases extends RouteTestSupport {
  static final ObjectMapper JSON = new ObjectMapper();
  private final Role role;

  RouteCases(Role role) {
    super(
        List.of(role.folder() + "/application.yaml", "apps/participant.yaml"),
        List.of(
            role.folder() + "/*.camel.yaml",
            "routes/read-again.camel.yaml",
            "routes/problem-details.camel.yaml"));
    this.role = role;
  }

  @Override
  protected CamelContext createCamelContext() throws Exception {
    CamelContext context = super.createCamelContext();
    context.getCamelContextExtension().addInterceptStrategy(RouteCases::withoutStatement);
    return context;
  }

  /** The node stays as it is, but what it does is a mock's to do. */
  private static Processor withoutStatement(
      CamelContext context, NamedNode node, Processor target, Processor next) throws Exception {
    return node instanceof ToDefinition to && to.getUri().startsWith("sql:")
        ? context.getEndpoint("mock:" + to.getId()).createProducer()
        : target;
  }

  @Override
  protected void bindToRegistry(Registry registry) {
    registry.bind(
        "contract", Contract.load(new ClassPathResource(role.folder() + "/openapi.yaml")));
    registry.bind("problemDetails", new ProblemDetails(Duration.ofSeconds(1)));
    registry.bind("page", new Page());
    registry.bind("mayWait", new ReadPatience(Duration.ofMillis(700)));
    registry.bind("barrier", new NoBarrier());
    registry.bind("orderInLog", LogContext.order());
    registry.bind("dataSource", new NoDatabase());
  }

  private static final class NoBarrier implements Policy {
    @Override
    public void beforeWrap(Route route, NamedNode definition) {}

    @Override
    public Processor wrap(Route route, Processor processor) {
      return processor;
    }
  }

  private static final class NoDatabase extends AbstractDataSource {
    @Override
    public Connection getConnection() {
      throw new AssertionError("A route's unit test reached for the database");
    }

    @Override
    public Connection getConnection(String user, String password) {
      return getConnection();
    }
  }

  /** Lets a statement, which has to be run once, do this. */
  void statement(String id, Consumer<Message> result) {
    MockEndpoint mock = getMockEndpoint("mock:" + id);
    mock.expectedMessageCount(1);
    mock.whenAnyExchangeReceived(exchange -> result.accept(exchange.getMessage()));
  }

  void statementReturns(String id, Object row) {
    statement(id, message -> message.setBody(row));
  }

  void statementPuts(String id, String header, Object value) {
    statement(id, message -> message.setHeader(header, value));
  }

  /** What the statement found when it was run. */
  Message given(String id) {
    return getMockEndpoint("mock:" + id).getExchanges().get(0).getMessage();
  }

  /** Calls an operation; headers are path parameters and others, as they come from HTTP. */
  Exchange call(String operation, String body, Map<String, Object> headers) {
    Map<String, Object> all = new HashMap<>(headers);
    if (body != null) {
      all.put(Exchange.CONTENT_TYPE, "application/json");
    }
    Exchange exchange =
        template()
            .request(
                "direct:" + operation,
                request -> {
                  request.getMessage().setHeaders(all);
                  request
                      .getMessage()
                      .setBody(body == null ? null : body.getBytes(StandardCharsets.UTF_8));
                });
    assertThat(exchange.getException()).as(operation).isNull();
    try {
      MockEndpoint.assertIsSatisfied(context());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return exchange;
  }

  static int status(Exchange exchange) {
    return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
  }

  static JsonNode json(Exchange exchange) {
    // It may be a stream that was read before.
    MessageHelper.resetStreamCache(exchange.getMessage());
    try {
      return JSON.readTree(exchange.getMessage().getBody(byte[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void assertProblem(Exchange exchange, int status, String type, String detail) {
    assertThat(status(exchange)).as(exchange.getMessage().getBody(String.class)).isEqualTo(status);
    assertThat(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE))
        .isEqualTo("application/problem+json");
    assertThat(json(exchange).get("type").asText()).isEqualTo("urn:relevo:problem:" + type);
    assertThat(json(exchange).get("detail").asText()).isEqualTo(detail);
  }
}
