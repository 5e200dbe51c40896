package dev.relevo.barrier;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import dev.relevo.role.TestPools;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The policy around a route's steps, with an error handler that handles everything. */
class BarrierPolicyIT {
  private static final BarrierSettings SETTINGS =
      new BarrierSettings(true, Duration.ofDays(7), 2, Duration.ofMinutes(10));

  private static HikariDataSource pool;
  private static DatabaseAccess access;
  private static JdbcTemplate database;
  private static DefaultCamelContext camel;
  private static BarrierPolicy policy;
  private String saga;

  @BeforeAll
  static void start() throws Exception {
    access = TestEngines.freshDatabase(TestEngines.postgres());
    pool = TestPools.open(Role.ORDERS, access);
    asMigrator("CREATE TABLE mark (name varchar(80) PRIMARY KEY)");
    database = new JdbcTemplate(pool);
    policy =
        new BarrierPolicy(pool, access.jdbcUrl(), "test", new TestProblems(), SETTINGS, hit -> {});
    camel = new DefaultCamelContext();
    camel.getRegistry().bind("dataSource", pool);
    camel.getRegistry().bind("barrier", policy);
    camel.addRoutes(new Routes());
    camel.start();
  }

  private static void asMigrator(String sql) throws SQLException {
    try (Connection c =
            DriverManager.getConnection(
                access.jdbcUrl(), access.migratorUser(), access.migratorPassword());
        Statement s = c.createStatement()) {
      s.execute(sql);
    }
  }

  @AfterAll
  static void stop() {
    if (camel != null) {
      camel.stop();
    }
    if (pool != null) {
      pool.close();
    }
  }

  private static final class Routes extends RouteBuilder {
    @Override
    public void configure() {
      onException(TestProblems.Thrown.class)
          .handled(true)
          .setHeader("handler", constant("refusal"))
          .process(
              e ->
                  e.getMessage()
                      .setHeader(
                          Exchange.HTTP_RESPONSE_CODE,
                          e.getProperty(Exchange.EXCEPTION_CAUGHT, TestProblems.Thrown.class)
                              .status));
      onException(Throwable.class)
          .handled(true)
          .setHeader("handler", constant("failure"))
          .setHeader(Exchange.HTTP_RESPONSE_CODE, constant(503));
      String insert = "sql:INSERT INTO mark VALUES (:#name)?dataSource=#dataSource";
      from("direct:write")
          .policy("barrier")
          .to(insert)
          .choice()
          .when(simple("${body[end]} == 'throw'"))
          .process(
              e -> {
                throw new IllegalStateException("broken");
              })
          .when(simple("${body[end]} == 'checked'"))
          .process(
              e -> {
                throw new java.io.IOException("broken");
              })
          .when(simple("${body[end]} == 'refuse'"))
          .process(
              e -> {
                throw new TestProblems.Thrown(409, "conflict", "no");
              })
          .when(simple("${body[end]} == 'status 404'"))
          .setHeader(Exchange.HTTP_RESPONSE_CODE, constant(404))
          .when(simple("${body[end]} == 'status 500'"))
          .setHeader(Exchange.HTTP_RESPONSE_CODE, constant(500))
          .when(simple("${body[end]} == 'sub-route'"))
          .to("direct:failing")
          .when(simple("${body[end]} == 'sub-route that hides it'"))
          .to("direct:hiding")
          .when(simple("${body[end]} == 'rollback'"))
          .markRollbackOnly()
          .when(simple("${body[end]} == 'sql'"))
          .to("sql:SELECT no_such_column FROM mark?dataSource=#dataSource")
          .end()
          .setHeader(Exchange.CONTENT_TYPE, constant("text/plain"))
          .setHeader("Location", constant("/marks/1"))
          .setHeader("Secret", constant("internal"))
          .setBody(constant("done".getBytes(StandardCharsets.UTF_8)))
          .end();
      from("direct:hiding")
          .onException(Throwable.class)
          .handled(true)
          .setBody(constant("fine"))
          .end()
          .process(
              e -> {
                throw new IllegalArgumentException("broken inside");
              });
      from("direct:failing")
          .process(
              e -> {
                throw new IllegalArgumentException("broken inside");
              });
    }
  }

  @BeforeEach
  void newSaga() {
    saga = UUID.randomUUID().toString();
  }

  private Message write(String end, Map<String, Object> headers) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", saga);
    body.put("end", end);
    Exchange exchange = new DefaultExchange(camel);
    exchange.getMessage().setBody(body);
    exchange.getMessage().setHeaders(new LinkedHashMap<>(headers));
    Exchange out = camel.createProducerTemplate().send("direct:write", exchange);
    assertThat(out.getException()).isNull();
    return out.getMessage();
  }

  private Message step(String end) {
    return write(
        end, Map.of(BarrierHeaders.SAGA_ID, saga, BarrierHeaders.SAGA_STEP, "mark/1/action"));
  }

  private boolean marked() {
    return database.queryForObject("SELECT count(*) FROM mark WHERE name = ?", Integer.class, saga)
        == 1;
  }

  private List<String> outcomes() {
    return database.queryForList(
        "SELECT outcome FROM saga_barrier WHERE saga_id = ?", String.class, saga);
  }

  private static int status(Message message) {
    return message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
  }

  @Test
  void anExceptionThatASubRouteHidesIsNotCommitted() {
    Map<String, Object> body = Map.of("name", saga, "end", "sub-route that hides it");
    Exchange exchange = new DefaultExchange(camel);
    exchange.getMessage().setBody(body);
    camel.createProducerTemplate().send("direct:write", exchange);
    assertThat(exchange.getException()).hasMessage("broken inside");
    assertThat(marked()).isFalse();
  }

  @Test
  void theAnswerIsStatusTypeLocationAndBody() {
    for (int i = 0; i < 2; i++) {
      Message answer = step("well");
      assertThat(answer.getHeaders())
          .containsOnlyKeys(Exchange.HTTP_RESPONSE_CODE, Exchange.CONTENT_TYPE, "Location");
      assertThat(status(answer)).isEqualTo(200);
      assertThat(answer.getHeader(Exchange.CONTENT_TYPE)).isEqualTo("text/plain");
      assertThat(answer.getBody(String.class)).isEqualTo("done");
    }
    assertThat(marked()).isTrue();
    assertThat(outcomes()).containsExactly("DONE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"throw", "checked", "status 500", "sub-route", "rollback", "sql"})
  void whatFailsIsNeverCommitted(String end) {
    Message answer = step(end);
    assertThat(status(answer)).isGreaterThanOrEqualTo(500);
    if (!end.equals("status 500")) {
      assertThat(answer.getHeader("handler")).as("handled outside, once").isEqualTo("failure");
    }
    assertThat(marked()).isFalse();
    assertThat(outcomes()).isEmpty();
    assertThat(status(step("well"))).isEqualTo(200);
    assertThat(marked()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuse", "status 404"})
  void whatIsRefusedIsKeptWithoutItsEffect(String end) {
    Message refused = step(end);
    int status = end.equals("refuse") ? 409 : 404;
    assertThat(status(refused)).isEqualTo(status);
    assertThat(refused.getHeader("handler")).as("the barrier itself answers").isNull();
    assertThat(marked()).isFalse();
    assertThat(outcomes()).containsExactly("REFUSED");
    Message again = step("well");
    assertThat(status(again)).isEqualTo(status);
    assertThat(again.getBody(String.class)).isEqualTo(refused.getBody(String.class));
    assertThat(marked()).isFalse();
  }

  @Test
  void aRepeatedCallWhoseEffectTheFirstBlocksIsAnsweredAsTheFirst() {
    Message first = step("well");
    Message second = step("well");
    assertThat(second.getBody(String.class)).isEqualTo(first.getBody(String.class));
    assertThat(status(second)).isEqualTo(200);
  }

  @Test
  void anotherStepThatTheFirstBlocksFails() {
    step("well");
    Message other =
        write(
            "well",
            Map.of(BarrierHeaders.SAGA_ID, saga, BarrierHeaders.SAGA_STEP, "mark/2/action"));
    assertThat(other.getHeader("handler")).isEqualTo("failure");
  }

  @Test
  void aCancelledStepIsRefusedWithAProblem() {
    write(
        "well",
        Map.of(BarrierHeaders.SAGA_ID, saga, BarrierHeaders.SAGA_STEP, "mark/1/compensation"));
    assertThat(marked()).isFalse();
    Message late = step("well");
    assertThat(late.getHeader("handler")).isEqualTo("refusal");
    assertThat(status(late)).isEqualTo(409);
    assertThat(marked()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mark", "mark/1", "mark/1/undo", "Mark/1/action", "mark/x/action", "/1/action"})
  void aStepThatCannotBeReadIsRefused(String step) {
    Message answer =
        write("well", Map.of(BarrierHeaders.SAGA_ID, saga, BarrierHeaders.SAGA_STEP, step));
    assertThat(status(answer)).isEqualTo(400);
    assertThat(marked()).isFalse();
  }

  @Test
  void aSagaNeedsIdAndStepAndADeadlineInMilliseconds() {
    String step = "mark/1/action";
    assertThat(status(write("well", Map.of(BarrierHeaders.SAGA_ID, saga)))).isEqualTo(400);
    assertThat(status(write("well", Map.of(BarrierHeaders.SAGA_STEP, step)))).isEqualTo(400);
    assertThat(
            status(
                write(
                    "well",
                    Map.of(BarrierHeaders.SAGA_ID, "key:x", BarrierHeaders.SAGA_STEP, step))))
        .isEqualTo(400);
    assertThat(
            status(
                write(
                    "well",
                    Map.of(
                        BarrierHeaders.SAGA_ID,
                        saga,
                        BarrierHeaders.SAGA_STEP,
                        step,
                        BarrierHeaders.DEADLINE,
                        "soon"))))
        .isEqualTo(400);
    assertThat(marked()).isFalse();
  }

  @Test
  void aDeadlineThatHasPassedIsAnswered503() {
    Message answer =
        write(
            "well",
            Map.of(
                BarrierHeaders.SAGA_ID,
                saga,
                BarrierHeaders.SAGA_STEP,
                "mark/1/action",
                BarrierHeaders.DEADLINE,
                Long.toString(System.currentTimeMillis() - 1)));
    assertThat(status(answer)).isEqualTo(503);
    assertThat(marked()).isFalse();
    assertThat(outcomes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "tab\t", "ñ"})
  void aKeyHasToBePrintable(String key) {
    Message answer = write("well", Map.of(BarrierHeaders.IDEMPOTENCY_KEY, key));
    assertThat(status(answer)).isEqualTo(422);
    assertThat(marked()).isFalse();
  }

  @Test
  void aKeyIsBoundToMethodPathAndBody() {
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put(BarrierHeaders.IDEMPOTENCY_KEY, "k".repeat(254) + saga.charAt(0));
    headers.put(Exchange.HTTP_METHOD, "POST");
    headers.put(Exchange.HTTP_PATH, "/marks");
    assertThat(write("well", headers).getHeader(BarrierHeaders.REPLAYED)).isNull();
    assertThat(write("well", headers).getHeader(BarrierHeaders.REPLAYED)).isEqualTo("true");
    headers.put(Exchange.HTTP_PATH, "/others");
    assertThat(status(write("well", headers))).isEqualTo(422);
    headers.put(Exchange.HTTP_PATH, "/marks");
    saga = UUID.randomUUID().toString();
    assertThat(status(write("well", headers))).isEqualTo(422);
    assertThat(marked()).isFalse();
  }

  @Test
  void purgesInBatches() throws SQLException {
    for (int i = 0; i < 5; i++) {
      saga = UUID.randomUUID().toString();
      step("well");
    }
    assertThat(policy.purge()).isZero();
    asMigrator("UPDATE saga_barrier SET created_at = created_at - INTERVAL '7 days 1 second'");
    int rows = database.queryForObject("SELECT count(*) FROM saga_barrier", Integer.class);
    assertThat(policy.purge()).isEqualTo(rows).isGreaterThanOrEqualTo(5);
    assertThat(outcomes()).isEmpty();
  }

  @Test
  void isNoHelpWhenTheDatabaseIsNotKnown() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () ->
                new BarrierPolicy(
                    pool, "jdbc:h2:mem:x", "test", new TestProblems(), SETTINGS, hit -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("h2");
  }
}
