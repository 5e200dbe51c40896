package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class ReadPatienceTest {
  private final ReadPatience patience = new ReadPatience(Duration.ofSeconds(60));

  private static Exchange exchange(Object deadline) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.getMessage().setHeader("Relevo-Deadline", deadline);
    return exchange;
  }

  @Test
  void whoDoesNotSayWhenHeStopsWaitingIsKeptWaiting() {
    assertThat(patience.matches(exchange(null))).isTrue();
    assertThat(patience.matches(exchange("soon"))).isTrue();
    assertThat(new ReadPatience(Duration.ZERO).matches(exchange(null))).isFalse();
  }

  @Test
  void whoStopsWaitingIsAnsweredAtOnce() {
    long now = System.currentTimeMillis();
    assertThat(patience.matches(exchange(String.valueOf(now + 60_000)))).isTrue();
    assertThat(patience.matches(exchange(String.valueOf(now)))).isFalse();
  }
}
