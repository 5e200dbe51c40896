package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.relevo.http.Contract;
import dev.relevo.http.Page;
import dev.relevo.http.ProblemDetails;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.spi.Policy;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * An application's real routes, with mocks of its statements and without its barrier; what the
 * statements do, and the barrier, is tried on the real engines.
 */
abstract class RouteCases extends CamelTestSupport {
  static final ObjectMapper JSON = new ObjectMapper();
  private final Role role;

  RouteCases(Role role) {
    this.role = role;
  }

  @Override
  protected CamelContext createCamelContext() throws Exception {
    CamelContext context = super.createCamelContext();
    context
        .getRegistry()
        .bind("contract", Contract.load(new ClassPathResource(role.folder() + "/openapi.yaml")));
    context.getRegistry().bind("problemDetails", new ProblemDetails(Duration.ofSeconds(1)));
    context.getRegistry().bind("page", new Page());
    context.getRegistry().bind("barrier", new NoBarrier());
    context.getRegistry().bind("dataSource", new NoDatabase());
    List<Resource> files = new ArrayList<>();
    files.add(
        ResourceHelper.resolveResource(context, "classpath:routes/problem-details.camel.yaml"));
    try (Stream<Path> names = Files.list(Path.of(role.folder()))) {
      names
          .map(name -> name.getFileName().toString())
          .filter(name -> name.endsWith(".camel.yaml") && !name.endsWith("-api.camel.yaml"))
          .sorted()
          .map(name -> "classpath:" + role.folder() + "/" + name)
          .forEach(name -> files.add(ResourceHelper.resolveResource(context, name)));
    }
    PluginHelper.getRoutesLoader(context).loadRoutes(files);
    for (RouteDefinition route : List.copyOf(((ModelCamelContext) context).getRouteDefinitions())) {
      List<String> statements =
          ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class)
              .stream()
              .filter(to -> to.getUri().startsWith("sql:"))
              .map(ToDefinition::getId)
              .toList();
      AdviceWith.adviceWith(
          context,
          route.getRouteId(),
          advice -> statements.forEach(id -> advice.weaveById(id).replace().to("mock:" + id)));
    }
    return context;
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
