package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A middleware that takes orders from holders of API keys only, which the command makes. */
class ApiKeyIT {
  private static Instance middleware;
  private static Client client;
  private static int product;

  @TempDir static Path folder;
  private static String shop;
  private static String till;

  @BeforeAll
  static void start() {
    product = Shop.newProduct(100);
    shop = newKey("shop");
    till = newKey("till");
    Map<String, Object> settings = new HashMap<>();
    settings.put("relevo.api-keys", folder.resolve("keys").toString());
    for (String participant : ProxiedMiddleware.PARTICIPANTS) {
      for (String letter : List.of("a", "b")) {
        settings.put(participant + ".url." + letter, TestTopology.url(participant + "-" + letter));
      }
    }
    middleware =
        TestTopology.start(
            "middleware-with-keys", Role.MIDDLEWARE, TestEngines.all().saga(), settings);
    client = new Client(middleware.url(), new Ledger());
  }

  @AfterAll
  static void stop() {
    middleware.close();
  }

  /** Makes a key as an operator does. */
  private static String newKey(String owner) {
    try {
      ProcessBuilder command = new ProcessBuilder("compose/make-api-key", owner);
      command.environment().put("RELEVO_API_KEYS_FILE", folder.resolve("keys").toString());
      Process process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new String(process.getInputStream().readAllBytes()).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer order(String idempotencyKey, String authorization) {
    List<String> headers = new ArrayList<>(List.of("Idempotency-Key", idempotencyKey));
    if (authorization != null) {
      headers.addAll(List.of("Authorization", authorization));
    }
    return client.post(
        "/orders",
        "{\"product_id\":%d,\"qty\":1}".formatted(product),
        headers.toArray(String[]::new));
  }

  private static Answer order(String authorization) {
    return order(UUID.randomUUID().toString(), authorization);
  }

  @Test
  void withoutAKeyNothingIsOrderedOrRead() {
    int before = Shop.stock(product);

    assertRefused(order(null), "Bearer");
    assertRefused(order("Basic " + shop), "Bearer");
    assertRefused(client.get("/orders"), "Bearer");
    assertRefused(client.get("/orders/1"), "Bearer");
    assertRefused(client.get("/orders;a=b"), "Bearer");
    assertRefused(client.get("/docs/../orders"), "Bearer");

    assertThat(Shop.stock(product)).isEqualTo(before);
  }

  @Test
  void aWrongKeyIsRefused() {
    for (String wrong : List.of("", "shop", shop + "x", shop.toLowerCase(), "x" + shop)) {
      assertRefused(order("Bearer " + wrong), "Bearer error=\"invalid_token\"");
    }
  }

  @Test
  void aKeyLetsIn() {
    Answer order = order("Bearer " + shop);

    assertThat(order.status()).as(order.toString()).isEqualTo(200);
    long id = order.json().path("order").path("id").asLong();
    assertThat(client.get("/orders/" + id, "Authorization", "bearer " + till).status())
        .isEqualTo(200);
    assertThat(client.get("/orders", "Authorization", "Bearer " + till).status()).isEqualTo(200);
  }

  @Test
  void whatIsNotAboutOrdersIsOpen() {
    for (String path : List.of("/", "/health", "/overview", "/openapi.yaml", "/observe/health")) {
      assertThat(client.get(path).status()).as(path).isEqualTo(200);
    }
    assertThat(client.get("/sagas", "Authorization", "Bearer " + shop).status()).isEqualTo(401);
  }

  /** The console's form shows it. */
  @Test
  void operatorsAreLetIn() {
    assertThat(order("Bearer " + TestTopology.OPERATOR_TOKEN).status()).isEqualTo(200);
  }

  @Test
  void eachOwnerHasIdempotencyKeysOfItsOwnAndKeepsThemWithANewKey() {
    String key = UUID.randomUUID().toString();
    Answer first = order(key, "Bearer " + shop);
    Answer other = order(key, "Bearer " + till);
    String next = newKey("shop");
    await()
        .atMost(Shop.PATIENCE)
        .until(() -> client.get("/orders", "Authorization", "Bearer " + next).status() == 200);
    Answer again = order(key, "Bearer " + next);

    assertThat(first.status()).as(first.toString()).isEqualTo(200);
    assertThat(other.body()).isNotEqualTo(first.body());
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
  }

  @Test
  void aKeyIsRevokedWithoutARestart() throws IOException {
    String gone = newKey("gone");
    await()
        .atMost(Shop.PATIENCE)
        .until(() -> client.get("/orders", "Authorization", "Bearer " + gone).status() == 200);

    Path keys = folder.resolve("keys");
    List<String> others =
        Files.readAllLines(keys).stream().filter(line -> !line.startsWith("gone ")).toList();
    Files.write(keys, others);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> client.get("/orders", "Authorization", "Bearer " + gone).status() == 401);
    assertThat(client.get("/orders", "Authorization", "Bearer " + shop).status()).isEqualTo(200);
    assertThat(Files.readString(keys)).doesNotContain(shop, till);
  }

  private static void assertRefused(Answer answer, String challenge) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.header("WWW-Authenticate")).isEqualTo(challenge);
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:relevo:problem:unauthorized");
  }
}
