package dev.relevo.http;

import dev.relevo.role.RoleApplication;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Processor;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A role with the shared settings and HTTP parts of every role, whose operations are made up. */
@Configuration(proxyBeanMethods = false)
public class TestRole {

  /** What the last request to {@code GET /things/{id}} looked like to the route. */
  static final Map<String, Object> SEEN = new ConcurrentHashMap<>();

  public static void main(String[] args) {
    start(args);
  }

  static ConfigurableApplicationContext start(String... args) {
    return new SpringApplicationBuilder(RoleApplication.class, TestRole.class)
        .bannerMode(Banner.Mode.OFF)
        .logStartupInfo(false)
        .registerShutdownHook(false)
        .properties(
            "spring.config.name=relevo",
            "spring.config.location=classpath:relevo.yaml,classpath:http/application.yaml")
        .run(args);
  }

  /** Keeps the headers that the route sees and answers with none of its own. */
  @Bean
  Processor probe() {
    return exchange -> {
      SEEN.clear();
      exchange
          .getMessage()
          .getHeaders()
          .forEach((name, value) -> SEEN.put(name, String.valueOf(value)));
      exchange.getMessage().setBody(Map.of("id", exchange.getMessage().getHeader("id")));
    };
  }
}
