package dev.relevo.role;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.relevo.launcher.engine.DatabaseAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** A role on a database and a free port, and a client of it. */
final class RunningRole implements AutoCloseable {
  static final String TOKEN = "a-token-for-tests";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final ConfigurableApplicationContext context;
  private final String url;

  /** Starts the role and waits until it is ready. */
  RunningRole(Role role, DatabaseAccess access, String... args) {
    this(role, access, true, args);
  }

  private RunningRole(Role role, DatabaseAccess access, boolean ready, String... args) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("server.port", 0);
    settings.put("relevo.service-token", TOKEN);
    settings.put("spring.datasource.url", access.jdbcUrl());
    settings.put("spring.datasource.username", access.appUser());
    settings.put("spring.datasource.password", access.appPassword());
    settings.put("spring.flyway.url", access.jdbcUrl());
    settings.put("spring.flyway.user", access.migratorUser());
    settings.put("spring.flyway.password", access.migratorPassword());
    context = RoleApplication.start(role, settings, args);
    if (ready) {
      bean(SchemaMigration.class).await();
    }
    url = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  /** Starts the role though its database is away. */
  static RunningRole unready(Role role, DatabaseAccess access, String... args) {
    return new RunningRole(role, access, false, args);
  }

  /** An answer. */
  record Reply(int status, String type, String text, HttpResponse<String> response) {
    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new UncheckedIOException(text, e);
      }
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  Reply get(String path, String... headers) {
    HttpRequest.Builder request = request(path).GET();
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return send(request.build());
  }

  Reply post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return send(request.build());
  }

  /** A call of a saga's step, as the middleware makes it. */
  Reply step(String saga, String step, String path, String body) {
    return post(
        path,
        body,
        "Authorization",
        "Bearer " + TOKEN,
        "Relevo-Saga-Id",
        saga,
        "Relevo-Saga-Step",
        step);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(30));
  }

  private Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Reply(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(null),
          response.body(),
          response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
