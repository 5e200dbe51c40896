package dev.relevo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the middleware's contract lets through, no participant's contract refuses: a refusal before
 * the barrier could not be told from a step to be undone.
 */
class ContractBoundsTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  @ParameterizedTest
  @CsvSource({
    "product_id, inventory, /components/parameters/Id/schema",
    "qty, inventory, /components/schemas/Quantity/properties/qty",
    "product_id, orders, /components/schemas/NewOrder/properties/product_id",
    "qty, orders, /components/schemas/NewOrder/properties/qty",
    "product_id, reports, /components/schemas/NewReport/properties/product_id",
    "qty, reports, /components/schemas/NewReport/properties/qty"
  })
  void anOrderThatTheMiddlewareTakesIsOneThatEachParticipantTakes(
      String field, String app, String place) throws IOException {
    JsonNode own =
        read("routes/openapi.yaml").at("/components/schemas/NewOrder/properties/" + field);
    JsonNode theirs = read("apps/" + app + "/openapi.yaml").at(place);
    assertThat(theirs.isMissingNode()).as(place).isFalse();
    assertThat(own.get("format")).isEqualTo(theirs.get("format"));
    assertThat(own.get("minimum").asLong()).isGreaterThanOrEqualTo(theirs.get("minimum").asLong());
    if (theirs.has("maximum")) {
      assertThat(own.get("maximum").asLong()).isLessThanOrEqualTo(theirs.get("maximum").asLong());
    }
  }

  private static JsonNode read(String file) throws IOException {
    return YAML.readTree(Path.of(file).toFile());
  }
}
