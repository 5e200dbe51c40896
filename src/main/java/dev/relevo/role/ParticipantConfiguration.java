package dev.relevo.role;

import dev.relevo.barrier.BarrierPolicy;
import dev.relevo.barrier.BarrierSettings;
import dev.relevo.http.LogContext;
import dev.relevo.http.Page;
import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;
import org.apache.camel.Processor;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an application needs to take part in a saga: its database and the barrier in it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BarrierSettings.class)
class ParticipantConfiguration {

  @Bean
  BarrierPolicy barrier(
      DataSource dataSource,
      @Value("${spring.datasource.url}") String jdbcUrl,
      @Value("${relevo.role}") String role,
      BarrierSettings settings,
      MeterRegistry meters) {
    return new BarrierPolicy(
        dataSource, jdbcUrl, role, new BarrierProblems(), settings, new BarrierMetrics(meters));
  }

  @Bean
  Processor orderInLog() {
    return LogContext.order();
  }

  @Bean
  Page page() {
    return new Page();
  }
}
