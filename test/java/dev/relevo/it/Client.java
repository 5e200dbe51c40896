package dev.relevo.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;

/** A REST client that keeps its connections and enters its orders in a ledger; thread-safe. */
final class Client {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .build();
  private final String url;
  private final Ledger ledger;

  Client(String url, Ledger ledger) {
    this.url = url;
    this.ledger = ledger;
  }

  /**
   * An answer.
   *
   * @param status 0 if there was none
   */
  record Answer(int status, String body, HttpHeaders headers, Duration took) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(this + " is no JSON", e);
      }
    }

    String header(String name) {
      return headers == null ? null : headers.firstValue(name).orElse(null);
    }

    @Override
    public String toString() {
      return status + " after " + took.toMillis() + " ms: " + body;
    }
  }

  /** Orders with a key of its own. */
  Answer order(int product, int qty) {
    return order(UUID.randomUUID().toString(), product, qty);
  }

  Answer order(String key, int product, int qty) {
    Answer answer =
        post(
            "/orders",
            "{\"product_id\":%d,\"qty\":%d}".formatted(product, qty),
            "Idempotency-Key",
            key);
    ledger.add(new Ledger.Entry(key, product, qty, answer.status(), answer.body()));
    return answer;
  }

  Answer get(String path, String... headers) {
    return send("GET", path, HttpRequest.BodyPublishers.noBody(), headers);
  }

  Answer post(String path, String json, String... headers) {
    String[] all = new String[headers.length + 2];
    all[0] = "Content-Type";
    all[1] = "application/json";
    System.arraycopy(headers, 0, all, 2, headers.length);
    return send("POST", path, HttpRequest.BodyPublishers.ofString(json), all);
  }

  Answer send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(90))
            .method(method, body);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    long start = System.nanoTime();
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response.headers(), since(start));
    } catch (IOException e) {
      return new Answer(0, e.toString(), null, since(start));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
