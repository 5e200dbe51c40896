package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderPolicyTest {

  @Test
  void whatTheContractDeclaresComesInOnce() {
    assertThat(HeaderPolicy.of(List.of("X-Reason", "idempotency-key")).in())
        .containsOnlyOnce("X-Reason", "Idempotency-Key")
        .doesNotContain("idempotency-key");
  }

  @Test
  void aSagaHeaderThatTheContractDeclaresStillNeedsTheToken() {
    assertThat(HeaderPolicy.of(List.of("Relevo-Saga-Id", "relevo-x")).in())
        .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("relevo"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CamelHttpPath", "camelFoo", "org.apache.camel.x", "long-running-action"})
  void aContractCanNotDeclareWhatSteersCamel(String name) {
    assertThatThrownBy(() -> HeaderPolicy.of(List.of(name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }
}
