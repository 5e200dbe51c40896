package dev.relevo.role;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import dev.relevo.http.Gate;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.jdbc.datasource.JdbcTelemetry;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.flyway.FlywayConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** How a role that has a database lives with its being away. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("spring.datasource.url")
class DatabaseConfiguration {
  private static final String CONNECT_TIMEOUT = "connectTimeout";

  @Bean
  SchemaMigration schemaMigration(Gate gate) {
    return new SchemaMigration(gate);
  }

  /** The migrator has a connection of its own, which is given up as soon as one of the pool's. */
  @Bean
  FlywayConfigurationCustomizer migratorConnects(HikariDataSource pool) {
    return flyway -> {
      if (flyway.getDataSource() instanceof SimpleDriverDataSource migrator) {
        Properties properties = new Properties();
        String timeout = pool.getDataSourceProperties().getProperty(CONNECT_TIMEOUT);
        if (timeout != null) {
          properties.setProperty(CONNECT_TIMEOUT, timeout);
        }
        migrator.setConnectionProperties(properties);
      }
    };
  }

  @Bean
  static BeanPostProcessor tirelessPool(ObjectProvider<OpenTelemetry> telemetry) {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool) {
          pool.setDataSource(
              new TirelessDataSource(
                  traced(
                      new DriverDataSource(
                          pool.getJdbcUrl(),
                          pool.getDriverClassName(),
                          pool.getDataSourceProperties(),
                          pool.getUsername(),
                          pool.getPassword()),
                      telemetry),
                  pool::isClosed));
        }
        return bean;
      }
    };
  }

  /** With a span for each statement, if there are traces. */
  private static DataSource traced(
      DataSource connections, ObjectProvider<OpenTelemetry> telemetry) {
    OpenTelemetry traces = telemetry.getIfAvailable();
    return traces == null ? connections : JdbcTelemetry.create(traces).wrap(connections);
  }
}
