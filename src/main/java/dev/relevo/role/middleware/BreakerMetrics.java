package dev.relevo.role.middleware;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import org.apache.camel.CamelContext;
import org.apache.camel.component.resilience4j.ResilienceProcessor;
import org.apache.camel.spring.boot.CamelContextConfiguration;

/**
 * What happens in front of the applications' instances, as metrics.
 *
 * <ul>
 *   <li>{@code relevo.breaker} (gauge, {@code participant}, {@code twin}, {@code state}): 1 for the
 *       state that the circuit breaker of instance A or B is in
 *   <li>{@code relevo.breaker.unanswered} (counter, {@code participant}, {@code twin}): calls that
 *       the instance gave no answer to
 *   <li>{@code relevo.breaker.kept} (counter, the same): calls that the open breaker kept from it
 *   <li>{@code relevo.fallbacks} (counter, {@code participant}): calls that went on to instance B
 * </ul>
 *
 * <p>A tag {@code instance} would be hidden by Prometheus, which names what it has asked so.
 */
final class BreakerMetrics implements CamelContextConfiguration {
  private static final List<String> STATES = List.of("closed", "half_open", "open");

  private final MeterRegistry registry;

  BreakerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void beforeApplicationStart(CamelContext camel) {
    // There are no breakers yet.
  }

  @Override
  public void afterApplicationStart(CamelContext camel) {
    HealthView.breakers(camel).keySet().forEach(id -> bind(camel, id));
  }

  private void bind(CamelContext camel, String id) {
    int dash = id.lastIndexOf('-');
    Tags participant = Tags.of("participant", id.substring(0, dash));
    Tags tags = participant.and("twin", id.substring(dash + 1));
    for (String state : STATES) {
      Gauge.builder("relevo.breaker", camel, c -> state(c, id).equals(state) ? 1 : 0)
          .description("1 for the state that an instance's circuit breaker is in")
          .tags(tags.and("state", state))
          .register(registry);
    }
    Counter unanswered =
        counter("relevo.breaker.unanswered", "Calls that an instance did not answer", tags);
    Counter kept = counter("relevo.breaker.kept", "Calls that an open breaker kept back", tags);
    CircuitBreaker.EventPublisher events =
        camel.getProcessor(id, ResilienceProcessor.class).getCircuitBreaker().getEventPublisher();
    events.onError(event -> unanswered.increment());
    events.onCallNotPermitted(event -> kept.increment());
    if (id.endsWith("-a")) {
      Counter fallbacks = counter("relevo.fallbacks", "Calls that went on to B", participant);
      events.onError(event -> fallbacks.increment());
      events.onCallNotPermitted(event -> fallbacks.increment());
    }
  }

  private Counter counter(String name, String description, Tags tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  private static String state(CamelContext camel, String id) {
    return camel
        .getProcessor(id, ResilienceProcessor.class)
        .getCircuitBreakerState()
        .toLowerCase(Locale.ROOT);
  }
}
