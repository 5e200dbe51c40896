package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** {@code relevo.http.guard-writes}, with a token that is being replaced by another one. */
class GuardedWritesTest {
  private static final String THING = "{\"name\":\"x\",\"stock\":2,\"price\":1.50}";

  private static ConfigurableApplicationContext role;
  private static RoleClient client;

  @BeforeAll
  static void start() {
    role =
        TestRole.start(
            "--relevo.http.guard-writes=true", "--relevo.http.trusted-token=the-new\nthe-old\n");
    client = new RoleClient(role);
  }

  @AfterAll
  static void stop() {
    role.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /things",
    "DELETE, /things/7",
    "PUT, /codes/a",
    "PATCH, /things/7",
    "BREW, /things/7",
    "POST, /things/../things",
    "POST, /nothing"
  })
  void nobodyWritesWithoutTheToken(String method, String path) throws Exception {
    HttpResponse<String> answer =
        client.send(
            method, path, BodyPublishers.ofString(THING), "Content-Type", "application/json");

    assertRefused(answer, "Bearer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Bearer the", "Bearer the-new the-old", "Bearer the-newer"})
  void aWrongTokenIsRefused(String authorization) throws Exception {
    assertRefused(
        client.post("/things", THING, "Authorization", authorization),
        "Bearer error=\"invalid_token\"");
  }

  @Test
  void aPasswordIsNoToken() throws Exception {
    assertRefused(client.post("/things", THING, "Authorization", "Basic dGhlLW5ldw=="), "Bearer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"the-new", "the-old"})
  void whoeverHasTheTokenWrites(String token) throws Exception {
    HttpResponse<String> answer = client.post("/things", THING, "Authorization", "Bearer " + token);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  @Test
  void everybodyReads() throws Exception {
    assertThat(client.get("/things/7").statusCode()).isEqualTo(200);
    assertThat(client.send("HEAD", "/things/7", BodyPublishers.noBody()).statusCode())
        .isEqualTo(200);
    assertThat(client.send("OPTIONS", "/things/7", BodyPublishers.noBody()).statusCode())
        .isEqualTo(200);
    assertThat(client.get("/observe/health").statusCode()).isEqualTo(200);
  }

  /** Nothing set is no reason to let anybody in. */
  @Test
  void withoutATokenNobodyWrites() throws Exception {
    try (ConfigurableApplicationContext none = TestRole.start("--relevo.http.guard-writes=true")) {
      RoleClient other = new RoleClient(none);
      assertRefused(other.post("/things", THING), "Bearer");
      assertRefused(
          other.post("/things", THING, "Authorization", "Bearer "),
          "Bearer error=\"invalid_token\"");
      assertThat(other.get("/things/7").statusCode()).isEqualTo(200);
    }
  }

  private static void assertRefused(HttpResponse<String> answer, String challenge)
      throws Exception {
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.headers().allValues("WWW-Authenticate")).containsExactly(challenge);
    assertThat(RoleClient.json(answer.body()).path("type").asText())
        .isEqualTo("urn:relevo:problem:unauthorized");
  }
}
