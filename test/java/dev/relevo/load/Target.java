package dev.relevo.load;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where the load goes, as requests that succeed.
 *
 * @param middleware where orders are placed, such as {@code http://127.0.0.1:8080}
 * @param inventory what {@code /app1} stands for
 * @param orders what {@code /app2} stands for
 * @param reports what {@code /app3} stands for
 * @param serviceToken for writes at the applications; null or empty if they need none
 * @param apiKey for orders; null or empty if they are open
 */
public record Target(
    String middleware,
    String inventory,
    String orders,
    String reports,
    String serviceToken,
    String apiKey) {
  /** As long as nothing behind the edge takes. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** A report's order, of which there is one report only; far above those that orders counts. */
  private static final long NO_ORDER = 1L << 50;

  /** A topology behind its edge. */
  public static Target edge(String url, String serviceToken, String apiKey) {
    return new Target(url, url + "/app1", url + "/app2", url + "/app3", serviceToken, apiKey);
  }

  /** The embedded topology, whose middleware listens on that port and the others beside it. */
  public static Target embedded(int port) {
    String host = "http://127.0.0.1:";
    return new Target(
        host + port, host + (port + 1), host + (port + 2), host + (port + 3), null, null);
  }

  /** An order with that key, for one of product 1. */
  HttpRequest order(String key) {
    HttpRequest.Builder request = post(middleware + "/orders", order());
    request.setHeader("Idempotency-Key", key);
    if (apiKey != null && !apiKey.isEmpty()) {
      request.setHeader("Authorization", "Bearer " + apiKey);
    }
    return request.build();
  }

  static String order() {
    return "{\"product_id\":1,\"qty\":1}";
  }

  /** A request of that kind. */
  HttpRequest request(Kind kind, String key) {
    return switch (kind) {
      case ORDER -> order(key);
      case PRODUCTS -> get(inventory + "/products");
      case REPORTS -> get(reports + "/reports");
      case APP_ORDER -> asService(post(orders + "/orders", order()));
      case APP_REPORT ->
          asService(
              post(
                  reports + "/reports",
                  "{\"order_id\":%d,\"product_id\":1,\"qty\":1}"
                      .formatted(NO_ORDER + ThreadLocalRandom.current().nextLong(NO_ORDER))));
    };
  }

  static String newKey() {
    return UUID.randomUUID().toString();
  }

  private HttpRequest asService(HttpRequest.Builder request) {
    if (serviceToken != null && !serviceToken.isEmpty()) {
      request.setHeader("Authorization", "Bearer " + serviceToken);
    }
    return request.build();
  }

  private static HttpRequest get(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
  }

  private static HttpRequest.Builder post(String url, String json) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json));
  }
}
