package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.mock.web.MockHttpServletRequest;

class LogContextTest {
  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

  @AfterEach
  void forget() {
    MDC.clear();
  }

  private static String traceOf(String parent) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    if (parent != null) {
      request.addHeader("traceparent", parent);
    }
    LogContext.begin(request);
    return MDC.get("traceId");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"00-" + ID + "-00f067aa0ba902b7-00", "cc-" + ID + "-00f067aa0ba902b7-01-more"})
  void theTraceIsTheCallers(String parent) {
    assertThat(traceOf(parent)).isEqualTo(ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-00",
        "00-" + ID + "-0000000000000000-00",
        "00-" + ID + "X-00f067aa0ba902b7-00",
        "00-\n" + ID + "-00f067aa0ba902b7-00"
      })
  void whatIsNoTraceBeginsOne(String parent) {
    assertThat(traceOf(parent)).matches("[0-9a-f]{32}").isNotEqualTo(ID);
  }

  @Test
  void eachRequestOfNoTraceBeginsItsOwn() {
    assertThat(traceOf(null)).matches("[0-9a-f]{32}").isNotEqualTo(traceOf(null));
  }
}
