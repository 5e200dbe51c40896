package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.launcher.engine.Engine;
import dev.relevo.launcher.engine.TestEngines;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How often a write of a saga goes to the database: its statements, the barrier's row, the commit.
 */
class WriteCostIT {
  private static final int WRITES = 50;
  private final AtomicInteger order = new AtomicInteger();

  private RunningRole start(Role role, Engine engine) {
    return new RunningRole(
        role,
        TestEngines.freshDatabase(engine),
        "--relevo.database.pool-size=1",
        "--spring.datasource.hikari.minimum-idle=1");
  }

  private void write(RunningRole role, String path, String body) {
    for (int i = 0; i < WRITES; i++) {
      assertThat(
              role.step(
                      UUID.randomUUID().toString(),
                      "step/1/action",
                      path,
                      body.replace("$", Integer.toString(order.incrementAndGet())))
                  .status())
          .isBetween(200, 201);
    }
  }

  /** What the server has counted for the only connection of the pool. */
  private static Map<String, Long> counters(RunningRole role) {
    Map<String, Long> counters = new TreeMap<>();
    new JdbcTemplate(role.bean(DataSource.class))
        .query(
            "SHOW SESSION STATUS WHERE Variable_name IN ('Questions', 'Com_stmt_prepare')",
            rs -> {
              counters.put(rs.getString(1), rs.getLong(2));
            });
    return counters;
  }

  private void expect(double trips, Role name, Engine engine, String path, String body) {
    try (RunningRole role = start(name, engine)) {
      write(role, path, body);
      Map<String, Long> before = counters(role);
      write(role, path, body);
      Map<String, Long> after = counters(role);
      // Reading the counters is one more, and so is ending that transaction.
      assertThat(after.get("Questions") - before.get("Questions"))
          .isBetween((long) trips * WRITES, (long) trips * WRITES + 2);
      assertThat(after.get("Com_stmt_prepare") - before.get("Com_stmt_prepare")).isZero();
    }
  }

  @Test
  void takingStockIsFourRoundTrips() {
    expect(4, Role.INVENTORY, TestEngines.mariadb(), "/products/1/decrement", "{\"qty\":1}");
  }

  @Test
  void writingAReportIsFourRoundTrips() {
    String body = "{\"order_id\":$,\"product_id\":1,\"qty\":1}";
    expect(4, Role.REPORTS, TestEngines.mysql(), "/reports", body);
  }

  @Test
  void creatingAnOrderIsThreeRoundTrips() {
    AtomicInteger trips = new AtomicInteger();
    Handler counter =
        new Handler() {
          @Override
          public void publish(LogRecord logged) {
            // The logger is the JVM's: what timers of other roles ask in the meantime is not
            // counted.
            String thread = Thread.currentThread().getName();
            boolean request = thread.contains("-exec-") || thread.startsWith("tomcat-handler-");
            if (request && logged.getMessage().contains("FE=> Sync")) {
              trips.incrementAndGet();
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger driver = Logger.getLogger("org.postgresql.core.v3.QueryExecutorImpl");
    try (RunningRole role = start(Role.ORDERS, TestEngines.postgres())) {
      String body = "{\"product_id\":1,\"qty\":1}";
      write(role, "/orders", body);
      driver.setUseParentHandlers(false);
      driver.setLevel(Level.FINEST);
      driver.addHandler(counter);
      write(role, "/orders", body);
      assertThat(trips.get()).isEqualTo(3 * WRITES);
    } finally {
      driver.removeHandler(counter);
      driver.setLevel(null);
      driver.setUseParentHandlers(true);
    }
  }
}
