package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;

class ReportsRoutesTest extends RouteCases {
  private static final String SAGA = "7b0cf4c8-64ae-4bd0-9c3a-5b1d4f0c1a77";
  private static final String CANCEL = "{\"status\":\"cancelled\"}";
  private static final String REPORT = "{\"order_id\":3,\"product_id\":1,\"qty\":2}";

  ReportsRoutesTest() {
    super(Role.REPORTS);
  }

  private static Map<String, Object> report(String status) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", 7L);
    row.put("status", status);
    return row;
  }

  @Test
  void listsReports() {
    statementReturns("select-reports", List.of());
    assertThat(json(call("listReports", null, Map.of())).toString())
        .isEqualTo("{\"items\":[],\"next\":null}");
  }

  @Test
  void getsAReport() {
    statementReturns("select-report", report("created"));
    assertThat(json(call("getReport", null, Map.of("id", "7"))).get("id").intValue()).isEqualTo(7);
  }

  @Test
  void knowsNoSuchReport() {
    statementReturns("select-report", null);
    assertProblem(
        call("getReport", null, Map.of("id", "9")), 404, "not-found", "There is no report 9.");
  }

  @Test
  void writesAReportAndSaysWhereItIs() {
    statement("insert-report", message -> {});
    statementReturns("select-inserted-report", report("created"));
    Exchange created = call("createReport", REPORT, Map.of());
    assertThat(status(created)).isEqualTo(201);
    assertThat(created.getMessage().getHeader("Location")).isEqualTo("/reports/7");
    assertThat(json(created).get("status").asText()).isEqualTo("created");
  }

  @Test
  void writesNoSecondReportOfAnOrder() {
    statement(
        "insert-report",
        message -> {
          throw new DuplicateKeyException("report_order");
        });
    assertProblem(
        call("createReport", REPORT, Map.of()),
        409,
        "conflict",
        "There is a report of order 3 already.");
  }

  @Test
  void cancelsTheReportOfASaga() {
    statementPuts("cancel-report", "CamelSqlUpdateCount", 1);
    statementReturns("select-cancelled-report", report("cancelled"));
    Exchange cancelled =
        call("cancelReportOfSaga", CANCEL, Map.of("saga_id", SAGA, "Relevo-Saga-Id", SAGA));
    assertThat(status(cancelled)).isEqualTo(200);
    assertThat(json(cancelled).get("status").asText()).isEqualTo("cancelled");
  }

  @Test
  void letsOnlyTheSagaCancelItsReport() {
    statementPuts("cancel-report", "CamelSqlUpdateCount", 0);
    assertProblem(
        call("cancelReportOfSaga", CANCEL, Map.of("saga_id", SAGA)),
        409,
        "illegal-status-change",
        "Only the compensation of saga " + SAGA + " cancels its report.");
  }

  @Test
  void knowsNoReportOfTheSaga() {
    statementPuts("cancel-report", "CamelSqlUpdateCount", 0);
    assertProblem(
        call("cancelReportOfSaga", CANCEL, Map.of("saga_id", SAGA, "Relevo-Saga-Id", SAGA)),
        404,
        "not-found",
        "There is no report of saga " + SAGA + ".");
  }

  @Test
  void isUpWhileItsDatabaseAnswers() {
    statement("ping-database", message -> {});
    assertThat(call("getHealth", null, Map.of()).getMessage().getBody(String.class))
        .isEqualTo("{\"status\":\"UP\",\"database\":\"UP\"}");
  }

  @Test
  void isNotUpWhileItsDatabaseDoesNot() {
    statement(
        "ping-database",
        message -> {
          throw new DataAccessResourceFailureException("cut");
        });
    assertThat(status(call("getHealth", null, Map.of()))).isEqualTo(503);
  }
}
