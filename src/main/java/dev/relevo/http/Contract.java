package dev.relevo.http;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.springframework.core.io.Resource;

/**
 * Holds requests to what the role's {@code openapi.yaml} says. It is the first step of an
 * operation's route, {@code process: {ref: contract}}: the route consumes from {@code
 * direct:<operationId>}, and that names the operation.
 *
 * <p>After it the body is the parsed {@link Map} ({@code null} where the operation takes none), and
 * the operation's path, query and header parameters are headers of type {@link Integer}, {@link
 * Long}, {@link java.math.BigDecimal}, {@link Boolean} or {@link String}, defaults filled in. A
 * request that doesn't hold ends in a {@link ProblemException}: 400 for a body that is no JSON, 415
 * for one of another type, 422 with every field that is wrong.
 *
 * <p>Schemas are compiled once, when it is made. It is safe for use by many threads.
 */
public final class Contract implements Processor {
  private final Map<String, Operation> operations;
  private final Set<String> headers;

  private Contract(Map<String, Operation> operations) {
    this.operations =
        operations.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(e -> "direct://" + e.getKey(), Map.Entry::getValue));
    this.headers =
        operations.values().stream()
            .flatMap(Operation::headers)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads a contract: OpenAPI 3.0 or 3.1 as YAML or JSON, in one file, no recursive schemas.
   *
   * @throws IllegalArgumentException if it can't be read or says something that is not understood
   *     here
   */
  public static Contract load(Resource file) {
    return new Contract(new OpenApiReader(file).operations());
  }

  /** The names of the request headers that some operation declares. */
  Set<String> headers() {
    return headers;
  }

  @Override
  public void process(Exchange exchange) {
    Route route = exchange.getUnitOfWork().getRoute();
    Operation operation = operations.get(route.getEndpoint().getEndpointBaseUri());
    if (operation == null) {
      throw new IllegalStateException(
          "Route "
              + route.getRouteId()
              + " consumes from "
              + route.getEndpoint().getEndpointBaseUri()
              + ", which is no operation of the contract");
    }
    operation.accept(exchange.getMessage());
  }
}
