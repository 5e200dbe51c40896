package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Client.Answer;
import dev.relevo.launcher.TestTopology;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A key is its caller's: two callers that happen on the same one get an order each. */
class KeyScopeIT {
  private final Client client = new Client(TestTopology.url("middleware"), new Ledger());
  private final String key = UUID.randomUUID().toString();

  @Test
  void theSameKeyOfTwoCallersIsTwoKeys() {
    int product = Shop.newProduct(100);
    Shop.awaitBreakersClosed(client, product);
    int before = Shop.stock(product);

    Answer first = order(product, "Authorization", "Bearer of-the-first");
    Answer second = order(product, "Authorization", "Bearer of-the-second");
    Answer anyone = order(product);
    Answer again = order(product, "Authorization", "Bearer of-the-first");

    assertThat(first.status()).as(first.toString()).isEqualTo(200);
    assertThat(second.body()).isNotEqualTo(first.body());
    assertThat(anyone.body()).isNotEqualTo(first.body()).isNotEqualTo(second.body());
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(Shop.stock(product)).isEqualTo(before - 3);
    assertThat(
            Databases.query(
                Databases.ofTopology().saga(),
                row -> row.getString(1),
                "SELECT key_scope FROM saga WHERE key_value = ?",
                key))
        .as("scopes")
        .hasSize(3)
        .noneMatch(scope -> scope.contains("of-the"));
  }

  private Answer order(int product, String... credential) {
    String[] headers = new String[credential.length + 2];
    headers[0] = "Idempotency-Key";
    headers[1] = key;
    System.arraycopy(credential, 0, headers, 2, credential.length);
    return client.post("/orders", "{\"product_id\":%d,\"qty\":1}".formatted(product), headers);
  }
}
