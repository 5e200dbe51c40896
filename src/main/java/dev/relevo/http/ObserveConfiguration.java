package dev.relevo.http;

import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Keeps what Spring Boot's actuator serves for operators, whatever is exposed and on whichever
 * port: all but the bare health, which probes ask for.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
class ObserveConfiguration {

  @Bean
  FilterRegistrationBean<OperatorFilter> observeFilter(
      @Value("${relevo.operator-token:}") String token,
      @Value("${relevo.metrics-token:}") String metricsToken,
      @Value("${management.endpoints.web.base-path:/actuator}") String basePath) {
    Bearer reader = new Bearer(metricsToken);
    Map<String, Bearer> others =
        Map.of(basePath + "/prometheus", reader, basePath + "/pair", reader);
    Set<String> open =
        Set.of(basePath + "/health", basePath + "/health/live", basePath + "/health/ready");
    FilterRegistrationBean<OperatorFilter> registration =
        new FilterRegistrationBean<>(OperatorFilter.pages(token, open, others));
    registration.addUrlPatterns(basePath, basePath + "/*");
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    return registration;
  }
}
