package dev.relevo.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.DispatcherType;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.catalina.Pipeline;
import org.apache.catalina.Valve;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ResourceLoader;
import org.springframework.web.filter.RequestContextFilter;

/** Everything about HTTP that all roles share. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpSettings.class)
@Import(TracingConfiguration.class)
public class HttpConfiguration {

  @Bean
  Contract contract(HttpSettings settings, ResourceLoader resources) {
    return Contract.load(resources.getResource(settings.contract()));
  }

  @Bean
  ProblemDetails problemDetails(HttpSettings settings) {
    return new ProblemDetails(settings.retryAfter());
  }

  @Bean
  ReadPatience mayWait(HttpSettings settings) {
    return new ReadPatience(settings.readPatience());
  }

  @Bean
  Gate gate() {
    return new Gate();
  }

  @Bean
  DrainPause drainPause(Gate gate, HttpSettings settings) {
    return new DrainPause(gate, settings.drain());
  }

  /** Part of the readiness at {@code /observe/health/ready}. */
  @Bean
  HealthIndicator gateHealthIndicator(Gate gate) {
    return () ->
        gate.closed()
            .map(reason -> Health.outOfService().withDetail("reason", reason).build())
            .orElseGet(() -> Health.up().build());
  }

  /** With the mapping it takes the place of the starter's auto-configuration. */
  @Bean("platform-http-engine")
  PlatformHttpEngine platformHttpEngine(
      HttpSettings settings,
      Contract contract,
      ProblemDetails problems,
      ObjectMapper json,
      Gate gate,
      @Value("${server.port:8080}") int port) {
    return new RequestEngine(
        port,
        gate,
        HeaderPolicy.of(contract.headers()),
        settings.maxBody().toBytes(),
        problems,
        json.writer());
  }

  @Bean
  @DependsOn("configurePlatformHttpComponent")
  RouteMapping routeMapping(CamelContext camel) {
    RouteMapping mapping = new RouteMapping();
    camel
        .getComponent("platform-http", PlatformHttpComponent.class)
        .addPlatformHttpListener(mapping);
    return mapping;
  }

  @Bean
  FilterRegistrationBean<InboundFilter> inboundFilter(
      HttpSettings settings,
      @Value("${relevo.http.trusted-token:}") String trustedToken,
      @Value("${management.endpoints.web.base-path}") String management) {
    FilterRegistrationBean<InboundFilter> registration =
        new FilterRegistrationBean<>(
            new InboundFilter(
                trustedToken, settings.maxBody().toBytes(), settings.guardWrites(), management));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    registration.setDispatcherTypes(DispatcherType.REQUEST);
    return registration;
  }

  @Bean
  FilterRegistrationBean<StartingFilter> startingFilter(
      CamelContext camel,
      Gate gate,
      HttpSettings settings,
      @Value("${management.endpoints.web.base-path}") String management) {
    FilterRegistrationBean<StartingFilter> registration =
        new FilterRegistrationBean<>(
            new StartingFilter(camel, gate, management, settings.startPatience()));
    registration.setEnabled(!settings.startPatience().isZero());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    registration.setDispatcherTypes(DispatcherType.REQUEST);
    return registration;
  }

  /**
   * The dispatcher servlet keeps the request for who asks for it; a filter that does so once more
   * is idle work.
   */
  @Bean
  FilterRegistrationBean<RequestContextFilter> requestContextFilter() {
    FilterRegistrationBean<RequestContextFilter> registration =
        new FilterRegistrationBean<>(new RequestContextFilter());
    registration.setEnabled(false);
    return registration;
  }

  @Bean
  DocsController docsController(HttpSettings settings, ResourceLoader resources) {
    return new DocsController(resources.getResource(settings.contract()));
  }

  @Bean
  ProblemAdvice problemAdvice(ProblemDetails problems, CamelContext camel) {
    return new ProblemAdvice(problems, camel);
  }

  @Bean
  ProblemErrorController problemErrorController(ProblemDetails problems) {
    return new ProblemErrorController(problems);
  }

  /** Last, because Boot adds an error report of its own. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemReport() {
    return factory ->
        factory.addContextCustomizers(
            context -> {
              Pipeline pipeline = context.getParent().getPipeline();
              for (Valve valve : pipeline.getValves()) {
                if (valve instanceof ErrorReportValve) {
                  pipeline.removeValve(valve);
                }
              }
              ((StandardHost) context.getParent())
                  .setErrorReportValveClass(ProblemReportValve.class.getName());
              pipeline.addValve(new ProblemReportValve());
            });
  }

  /**
   * Where the actuator has a port of its own, Hawtio's pages are on the first one all the same:
   * Spring serves them like any other of its folders.
   */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
  @Import(ObserveConfiguration.class)
  static class BesideItsPort {}
}
