package dev.relevo.role.middleware;

import dev.relevo.http.ApiKeyFilter;
import dev.relevo.http.Bearer;
import dev.relevo.http.LogContext;
import dev.relevo.http.OperatorFilter;
import dev.relevo.saga.JdbcSagaJournal;
import dev.relevo.saga.JournaledSagaService;
import dev.relevo.saga.MemorySagaJournal;
import dev.relevo.saga.OncePolicy;
import dev.relevo.saga.SagaJournal;
import dev.relevo.saga.SagaListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.context.Context;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * What the middleware's routes name: the saga service and its journal, calls to participants,
 * views.
 */
@Configuration(proxyBeanMethods = false)
@Import(ConsolePage.class)
@EnableConfigurationProperties({
  SagaProperties.class,
  AdmissionProperties.class,
  WatchdogsProperties.class
})
public class MiddlewareConfiguration {

  @Bean
  SagaJournal sagaJournal(SagaProperties properties, DataSource dataSource) {
    return switch (properties.journal()) {
      case JDBC -> new JdbcSagaJournal(dataSource);
      case MEMORY -> new MemorySagaJournal();
    };
  }

  @Bean
  UnfinishedSagas unfinishedSagas(SagaJournal journal) {
    return new UnfinishedSagas(journal);
  }

  @Bean
  SagaMetrics sagaMetrics(MeterRegistry registry, UnfinishedSagas unfinished) {
    return new SagaMetrics(registry, unfinished);
  }

  @Bean
  BreakerMetrics breakerMetrics(MeterRegistry registry) {
    return new BreakerMetrics(registry);
  }

  @Bean
  JournaledSagaService sagaService(
      SagaJournal journal, SagaProperties properties, SagaListener listener) {
    return new JournaledSagaService(
        journal,
        properties.settings(),
        new OrderOutcomes(),
        listener,
        task -> Context.current().wrap(task));
  }

  @Bean
  SagaHealth sagasHealthIndicator(JournaledSagaService sagaService, UnfinishedSagas unfinished) {
    return new SagaHealth(sagaService, unfinished);
  }

  @Bean
  OncePolicy once(JournaledSagaService sagaService) {
    return new OncePolicy(sagaService, new OrderKeys());
  }

  @Bean
  Processor prepareCall() {
    return ParticipantCalls::prepare;
  }

  @Bean
  Processor requireAnswer() {
    return ParticipantCalls::requireAnswer;
  }

  @Bean
  Processor requireYes() {
    return ParticipantCalls::requireYes;
  }

  @Bean
  Processor orderInLog() {
    return LogContext.order();
  }

  @Bean
  Predicate deadlineAhead(SagaProperties properties) {
    return new DeadlineAhead(properties.reserve());
  }

  @Bean
  SagaProblems sagaProblems(SagaProperties properties) {
    return new SagaProblems(properties.retryAfter());
  }

  @Bean
  SagaView sagaView(JournaledSagaService sagaService) {
    return new SagaView(sagaService);
  }

  @Bean
  HealthView healthView(UnfinishedSagas unfinished) {
    return new HealthView(unfinished);
  }

  @Bean
  FilterRegistrationBean<OrderStatistics> orderStatistics(MeterRegistry meters) {
    FilterRegistrationBean<OrderStatistics> registration =
        new FilterRegistrationBean<>(new OrderStatistics(meters));
    registration.addUrlPatterns("/orders");
    return registration;
  }

  @Bean
  Pairs pairs(
      WatchdogsProperties watchdogs, @Value("${relevo.metrics-token:}") String metricsToken) {
    return new Pairs(watchdogs.addresses(), metricsToken);
  }

  @Bean
  OverviewView overviewView(
      UnfinishedSagas unfinished,
      FilterRegistrationBean<OrderStatistics> orderStatistics,
      Pairs pairs,
      @Value("${spring.application.name}") String instance) {
    return new OverviewView(
        unfinished, orderStatistics.getFilter(), pairs, instance, Clock.systemUTC());
  }

  @Bean
  FilterRegistrationBean<OperatorFilter> operatorFilter(
      @Value("${relevo.operator-token:}") String token) {
    FilterRegistrationBean<OperatorFilter> registration =
        new FilterRegistrationBean<>(OperatorFilter.api(token));
    registration.addUrlPatterns("/sagas", "/sagas/*");
    return registration;
  }

  /** In front of everything about orders; without the setting they are open to everybody. */
  @Bean
  @ConditionalOnProperty("relevo.api-keys")
  FilterRegistrationBean<ApiKeyFilter> apiKeyFilter(
      @Value("${relevo.api-keys}") Path file,
      @Value("${relevo.operator-token:}") String operatorToken) {
    FilterRegistrationBean<ApiKeyFilter> registration =
        new FilterRegistrationBean<>(new ApiKeyFilter(file, operatorToken));
    registration.addUrlPatterns("/orders", "/orders/*");
    return registration;
  }

  @Bean
  AdmissionPolicy admission(AdmissionProperties admission, SagaProperties saga) {
    return new AdmissionPolicy(admission.atOnce(), admission.patience(), saga.retryAfter());
  }

  /**
   * The service credential goes out with the client, so that no exchange and no trace ever holds
   * it. Of several, which are there while it changes, it is the first.
   */
  @Bean
  ComponentCustomizer participantClient(
      @Value("${relevo.service-token}") String tokens, ExecChainHandler clientTrace) {
    String current = Bearer.current(tokens);
    return ComponentCustomizer.builder(HttpComponent.class)
        .build(
            http -> {
              http.setHeaderFilterStrategy(new ParticipantHeaders());
              http.setHttpClientConfigurer(
                  client ->
                      client
                          .disableCookieManagement()
                          .disableAutomaticRetries()
                          .disableRedirectHandling()
                          .disableContentCompression()
                          .disableAuthCaching()
                          .addExecInterceptorFirst("trace", clientTrace)
                          .addRequestInterceptorFirst(MiddlewareConfiguration::readAtOnce)
                          .setDefaultHeaders(
                              List.of(new BasicHeader("Authorization", "Bearer " + current))));
            });
  }

  /** A read is tried again from here, by the breakers' leave: so no instance is to wait with it. */
  private static void readAtOnce(HttpRequest request, EntityDetails entity, HttpContext context) {
    if (!request.containsHeader("Relevo-Saga-Id")) {
      request.setHeader("Relevo-Deadline", System.currentTimeMillis());
    }
  }
}
