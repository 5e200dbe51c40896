package dev.relevo.http;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ResourceLoader;

/** Everything about HTTP that all roles share. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpSettings.class)
public class HttpConfiguration {

  @Bean
  Contract contract(HttpSettings settings, ResourceLoader resources) {
    return Contract.load(resources.getResource(settings.contract()));
  }

  @Bean
  ProblemDetails problemDetails(HttpSettings settings) {
    return new ProblemDetails(settings.retryAfter());
  }
}
