package dev.relevo.role;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.relevo.launcher.engine.DatabaseAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** Connection pools as the applications have them. */
public final class TestPools {
  private TestPools() {}

  /** The pool settings of a role. */
  public static HikariConfig settings(Role role) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("role", Map.of("relevo.role", role.id())));
    for (String file :
        new String[] {"apps/participant.yaml", role.folder() + "/application.yaml"}) {
      try {
        new YamlPropertySourceLoader()
            .load(file, new ClassPathResource(file))
            .forEach(environment.getPropertySources()::addLast);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Binder.get(environment)
        .bind("spring.datasource.hikari", Bindable.ofInstance(new HikariConfig()))
        .get();
  }

  /** Migrates a database as the role does, and opens a pool as the role has it. */
  public static HikariDataSource open(Role role, DatabaseAccess access) {
    Flyway.configure()
        .dataSource(access.jdbcUrl(), access.migratorUser(), access.migratorPassword())
        .locations("classpath:" + role.folder() + "/db/migration")
        .load()
        .migrate();
    HikariConfig config = settings(role);
    config.setJdbcUrl(access.jdbcUrl());
    config.setUsername(access.appUser());
    config.setPassword(access.appPassword());
    return new HikariDataSource(config);
  }
}
