package dev.relevo.role.middleware;

import dev.relevo.http.Problem;
import dev.relevo.http.ProblemException;
import dev.relevo.http.ProblemType;
import dev.relevo.saga.JournalUnavailableException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.resilience4j.ResilienceProcessor;

/** Whether orders can be taken; named by {@code routes/get-health.camel.yaml}. */
public final class HealthView {
  private final UnfinishedSagas unfinished;

  HealthView(UnfinishedSagas unfinished) {
    this.unfinished = unfinished;
  }

  /** Answers with the breakers' states and the number of sagas that are not finished. */
  public void answer(Exchange exchange) {
    Map<String, String> breakers = breakers(exchange.getContext());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", "UP");
    body.put("breakers", breakers);
    try {
      body.put("sagas", unfinished.latest().byName());
    } catch (JournalUnavailableException e) {
      throw new ProblemException(
          Problem.of(ProblemType.UNAVAILABLE, "The saga journal gives no answer.")
              .retryAfter(Duration.ofSeconds(1))
              .with("breakers", breakers));
    }
    SagaView.reply(exchange.getMessage(), 200, body);
  }

  /** The state of each instance's breaker, such as {@code closed} or {@code half_open}. */
  static Map<String, String> breakers(CamelContext camel) {
    Map<String, String> breakers = new LinkedHashMap<>();
    for (String participant : new String[] {"inventory", "orders", "reports"}) {
      for (String instance : new String[] {"a", "b"}) {
        String id = participant + "-" + instance;
        ResilienceProcessor breaker = camel.getProcessor(id, ResilienceProcessor.class);
        breakers.put(id, breaker.getCircuitBreakerState().toLowerCase(Locale.ROOT));
      }
    }
    return breakers;
  }
}
