package dev.relevo.http;

import io.micrometer.core.instrument.binder.httpcomponents.hc5.ObservationExecChainHandler;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.opentelemetry.OpenTelemetryAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.otlp.OtlpTracingAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Traces: a span for each request that is taken, and one for each call to others; none for what
 * Camel does in between. As long as they are off, only the trace's id is passed on.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TracingSettings.class)
class TracingConfiguration {
  private static final String ENABLED = "relevo.tracing.enabled";

  /** Asked for every few seconds, and never part of an order. */
  private static final Set<String> UNTRACED = Set.of("/", "/health", "/overview", "/role");

  @Bean
  @ConditionalOnProperty(name = ENABLED, havingValue = "false", matchIfMissing = true)
  ExecChainHandler clientTrace() {
    return LogContext::passOn;
  }

  /** What makes and sends spans. Nothing of it is there, or costs, while tracing is off. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(ENABLED)
  @Import({
    OpenTelemetryAutoConfiguration.class,
    OpenTelemetryTracingAutoConfiguration.class,
    OtlpTracingAutoConfiguration.class
  })
  static class On {

    @Bean
    @Primary
    Sampler sampler(TracingSettings settings) {
      return RequestSampler.of(settings.probability());
    }

    /** Apart from Boot's own registry, which would make a metric of each observation too. */
    @Bean
    Traces traces(
        Tracer tracer,
        Propagator propagator,
        @Value("${management.endpoints.web.base-path}") String management) {
      ObservationRegistry registry = ObservationRegistry.create();
      registry
          .observationConfig()
          .observationPredicate(
              (name, context) ->
                  !(context instanceof ServerRequestObservationContext request)
                      || isTraced(request.getCarrier(), management))
          .observationFilter(LogContext::tag)
          .observationHandler(
              new FirstMatchingCompositeObservationHandler(
                  new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                  new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                  new DefaultTracingObservationHandler(tracer)));
      return new Traces(registry);
    }

    private static boolean isTraced(HttpServletRequest request, String management) {
      String path = request.getServletPath();
      return !UNTRACED.contains(path) && !path.startsWith(management);
    }

    /** Behind the {@link InboundFilter}: a request that it refuses is no work of ours. */
    @Bean
    FilterRegistrationBean<ServerHttpObservationFilter> serverTrace(Traces traces) {
      FilterRegistrationBean<ServerHttpObservationFilter> registration =
          new FilterRegistrationBean<>(new ServerHttpObservationFilter(traces.registry()));
      registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
      return registration;
    }

    @Bean
    ExecChainHandler clientTrace(Traces traces) {
      return new ObservationExecChainHandler(traces.registry());
    }
  }

  /** The observations that become spans. */
  record Traces(ObservationRegistry registry) {}
}
