package dev.relevo.role.middleware;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.http.Bearer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the watchdogs say of their pairs, a moment ago. They are asked only while somebody looks,
 * and nobody who looks waits for them.
 */
final class Pairs {
  private static final Duration TIMEOUT = Duration.ofMillis(800);
  private static final long FRESH_NANOS = Duration.ofMillis(900).toNanos();
  private static final JsonMapper JSON = new JsonMapper();

  private final List<Watchdog> watchdogs = new ArrayList<>();
  private final HttpClient client;

  /**
   * @param addresses of {@code /observe/pair}, by engine
   * @param token is shown to the watchdogs
   */
  Pairs(Map<String, URI> addresses, String token) {
    client = addresses.isEmpty() ? null : HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    addresses.forEach(
        (engine, address) ->
            watchdogs.add(
                new Watchdog(
                    engine,
                    HttpRequest.newBuilder(address)
                        .timeout(TIMEOUT)
                        .header("Authorization", "Bearer " + Bearer.current(token))
                        .build())));
  }

  /** Each pair as its watchdog described it last; only its engine and an error if it did not. */
  List<Map<String, Object>> latest() {
    watchdogs.forEach(watchdog -> watchdog.askIfDue(client));
    return watchdogs.stream().map(watchdog -> watchdog.said).toList();
  }

  private static final class Watchdog {
    private final String engine;
    private final HttpRequest request;
    private volatile Map<String, Object> said;
    private boolean asking;
    private Long answeredNanos;

    Watchdog(String engine, HttpRequest request) {
      this.engine = engine;
      this.request = request;
      this.said = silent("not asked yet");
    }

    private Map<String, Object> silent(String error) {
      return Map.of("engine", engine, "error", error);
    }

    synchronized void askIfDue(HttpClient client) {
      if (asking || answeredNanos != null && System.nanoTime() - answeredNanos < FRESH_NANOS) {
        return;
      }
      asking = true;
      client.sendAsync(request, BodyHandlers.ofString()).handle(this::hear);
    }

    private synchronized Void hear(HttpResponse<String> answer, Throwable failure) {
      said = read(answer);
      answeredNanos = System.nanoTime();
      asking = false;
      return null;
    }

    private Map<String, Object> read(HttpResponse<String> answer) {
      if (answer == null) {
        return silent("its watchdog gives no answer");
      }
      if (answer.statusCode() != 200) {
        return silent("its watchdog answers " + answer.statusCode());
      }
      try {
        @SuppressWarnings("unchecked")
        Map<String, Object> pair = JSON.readValue(answer.body(), Map.class);
        return pair;
      } catch (JsonProcessingException e) {
        return silent("its watchdog makes no sense");
      }
    }
  }
}
