package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.Engine;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.RunningRole.Reply;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** An application whose database, or the way to it, fails. */
class OutageIT {

  @Nested
  class OfMariaDb extends Cases {
    OfMariaDb() {
      super(
          Role.INVENTORY,
          "/products/1/decrement",
          "{\"qty\":1}",
          "SELECT count(*) FROM stock_movement WHERE saga_id = ?",
          "\3COMMIT");
    }

    @Override
    Engine engine() {
      return TestEngines.mariadb();
    }
  }

  @Nested
  class OfPostgreSql extends Cases {
    OfPostgreSql() {
      super(
          Role.ORDERS,
          "/orders",
          "{\"product_id\":1,\"qty\":1}",
          "SELECT count(*) FROM orders WHERE saga_id = CAST(? AS uuid)",
          "\0COMMIT");
    }

    @Override
    Engine engine() {
      return TestEngines.postgres();
    }
  }

  @Nested
  class OfMySql extends Cases {
    OfMySql() {
      super(
          Role.REPORTS,
          "/reports",
          "{\"order_id\":$,\"product_id\":1,\"qty\":1}",
          "SELECT count(*) FROM report WHERE saga_id = ?",
          "\0\1COMMIT");
    }

    @Override
    Engine engine() {
      return TestEngines.mysql();
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Cases {
    private final Role role;
    private final String path;
    private final String body;
    private final String effects;
    private final String commit;
    private TestProxy proxy;
    private RunningRole app;
    private JdbcTemplate database;
    private int order;

    /**
     * @param commit as the driver sends it, for "SET autocommit=0" has the word too
     */
    Cases(Role role, String path, String body, String effects, String commit) {
      this.role = role;
      this.path = path;
      this.body = body;
      this.effects = effects;
      this.commit = commit;
    }

    abstract Engine engine();

    @BeforeAll
    void start() {
      Engine engine = engine();
      DatabaseAccess direct = TestEngines.freshDatabase(engine);
      proxy = new TestProxy(engine.port());
      database =
          new JdbcTemplate(
              new DriverManagerDataSource(
                  direct.jdbcUrl(), direct.appUser(), direct.appPassword()));
      DatabaseAccess proxied =
          new DatabaseAccess(
              direct.jdbcUrl().replace(":" + engine.port(), ":" + proxy.port()),
              direct.appUser(),
              direct.appPassword(),
              direct.migratorUser(),
              direct.migratorPassword());
      String second = role == Role.ORDERS ? "2" : "2000";
      app =
          new RunningRole(
              role,
              proxied,
              "--spring.datasource.hikari.data-source-properties.socketTimeout=" + second,
              "--spring.datasource.hikari.data-source-properties.sslMode=DISABLED");
    }

    @AfterAll
    void stop() {
      if (app != null) {
        app.close();
      }
      if (proxy != null) {
        proxy.close();
      }
    }

    private String body() {
      return body.replace("$", Integer.toString(order));
    }

    @BeforeEach
    void nextOrder() {
      order++;
    }

    private int effects(String saga) {
      return database.queryForObject(effects, Integer.class, saga);
    }

    private void assertUnavailable(Reply reply) {
      assertThat(reply.status()).as(reply.text()).isEqualTo(503);
      assertThat(reply.type()).isEqualTo("application/problem+json");
      assertThat(reply.header("Retry-After")).isNotNull();
    }

    private void assertComesBack() {
      proxy.forward();
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(app.get("/health").status()).isEqualTo(200));
    }

    @Test
    void aCommitWhoseReplyIsLostTakesEffectOnce() {
      String saga = UUID.randomUUID().toString();
      proxy.loseReplyTo(commit);
      Reply unknown = app.step(saga, "step/1/action", path, body());
      assertThat(proxy.hasLostReply()).isTrue();
      assertUnavailable(unknown);
      assertThat(effects(saga)).as("the commit itself came through").isEqualTo(1);
      Reply again = app.step(saga, "step/1/action", path, body());
      assertThat(again.status()).as(again.text()).isBetween(200, 201);
      assertThat(app.step(saga, "step/1/action", path, body()).text()).isEqualTo(again.text());
      assertThat(effects(saga)).isEqualTo(1);
    }

    @Test
    void aConnectionThatIsLostWithinATransactionTakesNoEffect() {
      String saga = UUID.randomUUID().toString();
      // Statements are prepared on the server by now, so their text is gone: the parameter is
      // there.
      proxy.loseReplyTo(saga);
      assertUnavailable(app.step(saga, "step/1/action", path, body()));
      assertThat(proxy.hasLostReply()).isTrue();
      assertThat(effects(saga)).isZero();
      Reply again = app.step(saga, "step/1/action", path, body());
      assertThat(again.status()).as(again.text()).isBetween(200, 201);
      assertThat(effects(saga)).isEqualTo(1);
    }

    @Test
    void aDatabaseThatRefusesIsSaidToBeAwayAndFoundAgain() {
      String saga = UUID.randomUUID().toString();
      proxy.refuse();
      assertUnavailable(app.get("/health"));
      assertUnavailable(app.step(saga, "step/1/action", path, body()));
      assertComesBack();
      assertThat(effects(saga)).isZero();
    }

    /** HikariCP by itself would look again 10 s after the first failure at the earliest. */
    @Test
    void aDatabaseThatWasAwayForLongIsFoundAgainAtOnce() {
      proxy.refuse();
      await()
          .during(Duration.ofMillis(5500))
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(() -> assertUnavailable(app.get("/health")));
      proxy.forward();
      await()
          .atMost(Duration.ofMillis(2500))
          .pollInterval(Duration.ofMillis(50))
          .untilAsserted(() -> assertThat(app.get("/health").status()).isEqualTo(200));
    }

    @Test
    void aDatabaseThatFallsSilentIsSaidToBeAwayInTime() {
      proxy.fallSilent();
      long start = System.nanoTime();
      assertUnavailable(app.get("/health"));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      proxy.refuse();
      assertComesBack();
    }
  }
}
