package dev.relevo.role;

import dev.relevo.http.HttpConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpAutoConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.logging.OpenTelemetryLoggingAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.LogbackMetricsAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.observation.web.servlet.WebMvcObservationAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.opentelemetry.OpenTelemetryAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.MicrometerTracingAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.NoopTracerAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.otlp.OtlpTracingAutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.context.support.StandardServletEnvironment;

/**
 * The Spring Boot application of one {@link Role}: a Spring context and a Camel context of its own.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
    exclude = {
      // dev.relevo.http serves the routes.
      SpringBootPlatformHttpAutoConfiguration.class,
      // A filter that costs every request a tenth of its time, and one in front of each log
      // statement.
      WebMvcObservationAutoConfiguration.class,
      LogbackMetricsAutoConfiguration.class,
      // dev.relevo.http makes use of them when traces are wanted.
      OpenTelemetryAutoConfiguration.class,
      OpenTelemetryLoggingAutoConfiguration.class,
      OpenTelemetryTracingAutoConfiguration.class,
      OtlpTracingAutoConfiguration.class,
      MicrometerTracingAutoConfiguration.class,
      NoopTracerAutoConfiguration.class
    })
@Import(HttpConfiguration.class)
public class RoleApplication {
  private static final Logger LOG = LoggerFactory.getLogger(RoleApplication.class);

  @Bean
  RouteMetrics routeMetrics(MeterRegistry meters) {
    return new RouteMetrics(meters);
  }

  @Bean
  TracerForHawtio tracerForHawtio() {
    return new TracerForHawtio();
  }

  /**
   * Starts a role and returns when its routes run. They let requests in when its {@link
   * SchemaMigration} is through, which can be later: the database may be away.
   *
   * <p>Settings come, the first that has a key wins, from {@code args}, system properties, the
   * environment, {@code settings}, the folder {@code relevo.secrets}, {@code ./config/relevo.yaml},
   * the role's {@code application.yaml} and {@code relevo.yaml} on the class path.
   *
   * @param settings defaults of the topology that starts the role, such as ports and addresses
   * @param args {@code --key=value} settings, as on the command line
   */
  public static ConfigurableApplicationContext start(
      Role role, Map<String, ?> settings, String... args) {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(
                RoleApplication.class, DatabaseConfiguration.class, role.configuration())
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .registerShutdownHook(false)
            .properties(
                "spring.config.name=relevo",
                "spring.config.location=classpath:relevo.yaml,classpath:"
                    + role.folder()
                    + "/application.yaml,optional:file:./config/relevo.yaml,"
                    // One file for each secret, named like the setting.
                    + "optional:configtree:${relevo.secrets:/run/secrets}/",
                "relevo.role=" + role.id(),
                "relevo.http.contract=classpath:" + role.folder() + "/openapi.yaml")
            .environment(environment(settings))
            .run(args);
    Exposure.of(role, context.getEnvironment()).forEach(LOG::warn);
    return context;
  }

  /** Puts the topology's settings right below what a person can set at the start. */
  private static StandardServletEnvironment environment(Map<String, ?> settings) {
    StandardServletEnvironment environment = new StandardServletEnvironment();
    environment
        .getPropertySources()
        .addAfter(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new MapPropertySource("topology", new TreeMap<>(settings)));
    return environment;
  }
}
