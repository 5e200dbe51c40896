package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;

/** The log as JSON, and how its lines are told apart. */
class LogIT {
  private static final JsonMapper JSON = new JsonMapper();

  /** Two that have something to say in the middle of an order, if they are asked to. */
  private static final List<String> TALKERS =
      List.of("org.apache.hc.client5.http.impl.classic", "org.springframework.jdbc.core");

  private final List<JsonNode> lines = new CopyOnWriteArrayList<>();
  private final Listener listener = new Listener();

  /** Takes down what Boot's own encoder makes of each event. */
  private final class Listener extends AppenderBase<ILoggingEvent> {
    private final StructuredLogEncoder encoder = new StructuredLogEncoder();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(json(new String(encoder.encode(event))));
    }
  }

  @BeforeEach
  void listen() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.getLoggerContext()
        .putObject(
            Environment.class.getName(),
            TestTopology.instance("middleware").context().getEnvironment());
    listener.encoder.setContext(root.getLoggerContext());
    listener.encoder.setFormat("logstash");
    listener.encoder.start();
    listener.setContext(root.getLoggerContext());
    listener.start();
    for (String talker : TALKERS) {
      Logger logger = (Logger) LoggerFactory.getLogger(talker);
      logger.setLevel(Level.DEBUG);
      logger.setAdditive(false);
      logger.addAppender(listener);
    }
  }

  @AfterEach
  void listenNoMore() {
    for (String talker : TALKERS) {
      Logger logger = (Logger) LoggerFactory.getLogger(talker);
      logger.detachAppender(listener);
      logger.setAdditive(true);
      logger.setLevel(null);
    }
    listener.stop();
  }

  @Test
  void theLinesOfAnOrderNameTheOrderItsSagaAndItsTrace() {
    Client client = new Client(TestTopology.url("middleware"), new Ledger());
    int product = Shop.newProduct(10);
    Shop.awaitBreakersClosed(client, product);
    String trace = UUID.randomUUID().toString().replace("-", "");

    Answer order =
        client.post(
            "/orders",
            "{\"product_id\":%d,\"qty\":1}".formatted(product),
            "traceparent",
            "00-" + trace + "-00f067aa0ba902b7-00");

    assertThat(order.status()).as(order.toString()).isEqualTo(200);
    assertThat(lines)
        .as("of the middleware, calling for the report")
        .anyMatch(line -> isOf(line, TALKERS.get(0), order, trace));
    assertThat(lines)
        .as("of an application, on another thread")
        .anyMatch(line -> isOf(line, TALKERS.get(1), order, trace));
  }

  @Test
  void whatIsUndoneOnAnotherThreadNamesThemToo() {
    Client client = new Client(TestTopology.url("middleware"), new Ledger());
    int product = Shop.newProduct(1);

    Answer refused = client.order(product, 2);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(409);
    List<JsonNode> undoing =
        lines.stream()
            .filter(line -> line.path("thread_name").asText().contains("SagaWorker"))
            .filter(line -> line.path("sagaId").asText().equals(refused.header("Saga-Id")))
            .toList();
    assertThat(undoing)
        .isNotEmpty()
        .allMatch(line -> line.path("traceId").asText().matches("[0-9a-f]{32}"));
    assertThat(lines)
        .as("the same trace at the application that is called")
        .filteredOn(line -> line.path("logger_name").asText().startsWith(TALKERS.get(1)))
        .anyMatch(line -> line.path("traceId").equals(undoing.get(0).path("traceId")));
  }

  @Test
  void aPropertyMakesItJson(@TempDir Path folder) {
    try (RelevoProcess role =
        RelevoProcess.start(
            folder,
            "inventory",
            "--server.port=0",
            "--relevo.service-token=none",
            "--spring.datasource.url=jdbc:mariadb://127.0.0.1:1/none",
            "--spring.flyway.url=jdbc:mariadb://127.0.0.1:1/none",
            "--logging.structured.format.console=logstash")) {
      String line = role.awaitLine("The database can't be migrated");
      assertThat(json(line).path("logger_name").asText()).endsWith("SchemaMigration");
    }
  }

  private static boolean isOf(JsonNode line, String logger, Answer order, String trace) {
    return line.path("logger_name").asText().startsWith(logger)
        && line.path("traceId").asText().equals(trace)
        && line.path("sagaId").asText().equals(order.header("Saga-Id"))
        && line.path("orderId").asText().equals(order.json().at("/order/id").asText());
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }
}
