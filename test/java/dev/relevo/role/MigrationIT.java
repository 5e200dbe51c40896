package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.Engine;
import dev.relevo.launcher.engine.TestEngines;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The migrations, which both instances of an application may start at the same moment. */
class MigrationIT {

  private static JdbcTemplate migrateTwice(Role role, Engine engine) throws Exception {
    DatabaseAccess access = TestEngines.freshDatabase(engine);
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService instances = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> done =
          List.of(
              instances.submit(() -> migrate(role, access, start)),
              instances.submit(() -> migrate(role, access, start)));
      int applied = 0;
      for (Future<Integer> each : done) {
        applied += each.get(60, TimeUnit.SECONDS);
      }
      assertThat(applied)
          .as("every migration once")
          .isEqualTo(flyway(role, access).info().all().length);
    } finally {
      instances.shutdownNow();
    }
    assertThat(flyway(role, access).info().pending()).isEmpty();
    assertThat(flyway(role, access).info().applied())
        .allMatch(migration -> migration.getState().isApplied())
        .extracting(MigrationInfo::getVersion)
        .doesNotHaveDuplicates();
    return new JdbcTemplate(
        new DriverManagerDataSource(access.jdbcUrl(), access.appUser(), access.appPassword()));
  }

  private static int migrate(Role role, DatabaseAccess access, CyclicBarrier start)
      throws Exception {
    start.await(20, TimeUnit.SECONDS);
    return flyway(role, access).migrate().migrationsExecuted;
  }

  private static Flyway flyway(Role role, DatabaseAccess access) {
    return Flyway.configure()
        .dataSource(access.jdbcUrl(), access.migratorUser(), access.migratorPassword())
        .locations("classpath:" + role.folder() + "/db/migration")
        .load();
  }

  @Test
  void inventoryIsMigratedOnceAndItsStockIsTheSumOfItsMovements() throws Exception {
    JdbcTemplate database = migrateTwice(Role.INVENTORY, TestEngines.mariadb());
    assertThat(
            database.queryForList(
                "SELECT p.stock - (SELECT SUM(delta) FROM stock_movement WHERE product_id = p.id)"
                    + " FROM product p",
                Integer.class))
        .hasSize(5)
        .containsOnly(0);
    assertThat(database.queryForList("SELECT stock FROM product ORDER BY id", Integer.class))
        .startsWith(1_000_000)
        .contains(100, 0);
  }

  @Test
  void ordersAreMigratedOnce() throws Exception {
    JdbcTemplate database = migrateTwice(Role.ORDERS, TestEngines.postgres());
    assertThat(database.queryForObject("SELECT count(*) FROM orders", Integer.class)).isZero();
  }

  @Test
  void reportsAreMigratedOnce() throws Exception {
    JdbcTemplate database = migrateTwice(Role.REPORTS, TestEngines.mysql());
    assertThat(database.queryForObject("SELECT count(*) FROM report", Integer.class)).isZero();
  }
}
