package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.Engine;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.RunningRole.Reply;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Both instances of a role are started before their database, and outlive its going away. */
class LateDatabaseIT {

  private static Engine engine(Role role) {
    return switch (role) {
      case MIDDLEWARE, ORDERS -> TestEngines.postgres();
      case INVENTORY -> TestEngines.mariadb();
      case REPORTS -> TestEngines.mysql();
      case WATCHDOG -> throw new IllegalArgumentException("It has no database");
    };
  }

  private static String path(Role role) {
    return switch (role) {
      case MIDDLEWARE -> "/sagas";
      case INVENTORY -> "/products";
      case ORDERS -> "/orders";
      case REPORTS -> "/reports";
      case WATCHDOG -> throw new IllegalArgumentException("It has no database");
    };
  }

  @ParameterizedTest
  @EnumSource(value = Role.class, mode = EnumSource.Mode.EXCLUDE, names = "WATCHDOG")
  void theRoleRunsUnreadyAndMigratesWhenItsDatabaseComes(Role role) {
    Engine engine = engine(role);
    DatabaseAccess access = TestEngines.freshDatabase(engine);
    try (TestProxy proxy = new TestProxy(engine.port())) {
      proxy.refuse();
      DatabaseAccess late =
          new DatabaseAccess(
              access.jdbcUrl().replace(":" + engine.port(), ":" + proxy.port()),
              access.appUser(),
              access.appPassword(),
              access.migratorUser(),
              access.migratorPassword());
      try (RunningRole a = start(role, late);
          RunningRole b = start(role, late)) {
        for (RunningRole instance : new RunningRole[] {a, b}) {
          assertUnready(instance, role);
        }

        proxy.forward();

        for (RunningRole instance : new RunningRole[] {a, b}) {
          await()
              .atMost(Duration.ofSeconds(60))
              .untilAsserted(
                  () -> assertThat(instance.get("/observe/health/ready").status()).isEqualTo(200));
          awaitHealth(instance, 200);
          assertServes(instance, role);
        }
        assertMigratedOnce(access);

        proxy.refuse();

        awaitHealth(a, 503);
        assertThat(a.get("/observe/health/live").status()).isEqualTo(200);
        assertThat(a.get("/observe/health/ready").status()).isEqualTo(200);
      }
    }
  }

  /** What it says of its database may be a second old. */
  private static void awaitHealth(RunningRole instance, int status) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(instance.get("/health").status()).isEqualTo(status));
  }

  private static RunningRole start(Role role, DatabaseAccess late) {
    return RunningRole.unready(
        role,
        late,
        "--relevo.operator-token=" + RunningRole.TOKEN,
        "--spring.datasource.hikari.data-source-properties.sslMode=DISABLED");
  }

  private static void assertUnready(RunningRole instance, Role role) {
    assertThat(instance.get("/observe/health/live").status()).isEqualTo(200);
    Reply ready = instance.get("/observe/health/ready");
    assertThat(ready.status()).as(ready.text()).isEqualTo(503);
    JsonNode gate = ready.json().path("components").path("gate");
    assertThat(gate.path("details").path("reason").asText())
        .isEqualTo("The database has given no answer yet.");
    for (String path : new String[] {"/health", path(role)}) {
      Reply refused = get(instance, role, path);
      assertThat(refused.status()).as(refused.text()).isEqualTo(503);
      assertThat(refused.type()).isEqualTo("application/problem+json");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(refused.json().path("detail").asText())
          .isEqualTo("The database has given no answer yet.");
    }
  }

  private static void assertServes(RunningRole instance, Role role) {
    Reply served = get(instance, role, path(role));
    assertThat(served.status()).as(served.text()).isEqualTo(200);
  }

  private static Reply get(RunningRole instance, Role role, String path) {
    return role == Role.MIDDLEWARE
        ? instance.get(path, "Authorization", "Bearer " + RunningRole.TOKEN)
        : instance.get(path);
  }

  private static void assertMigratedOnce(DatabaseAccess access) {
    JdbcTemplate database =
        new JdbcTemplate(
            new DriverManagerDataSource(
                access.jdbcUrl(), access.migratorUser(), access.migratorPassword()));
    assertThat(
            database.queryForList(
                "SELECT version FROM flyway_schema_history WHERE success AND version IS NOT NULL",
                String.class))
        .isNotEmpty()
        .doesNotHaveDuplicates();
    assertThat(
            database.queryForObject(
                "SELECT count(*) FROM flyway_schema_history WHERE NOT success", Integer.class))
        .isZero();
  }
}
