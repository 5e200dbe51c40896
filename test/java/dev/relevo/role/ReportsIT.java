package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.RunningRole.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The reports over HTTP, on a real MySQL. */
class ReportsIT {
  private static final AtomicInteger ORDERS = new AtomicInteger(100);
  private static RunningRole reports;

  @BeforeAll
  static void start() {
    reports = new RunningRole(Role.REPORTS, TestEngines.freshDatabase(TestEngines.mysql()));
  }

  @AfterAll
  static void stop() {
    if (reports != null) {
      reports.close();
    }
  }

  private static String report(int order, int qty) {
    return "{\"order_id\":" + order + ",\"product_id\":1,\"qty\":" + qty + "}";
  }

  private static JsonNode create(int order, int qty) {
    Reply reply = reports.post("/reports", report(order, qty));
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    return reply.json();
  }

  @Test
  void createsAReport() {
    int order = ORDERS.incrementAndGet();
    Reply reply = reports.post("/reports", report(order, 2));
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    JsonNode report = reply.json();
    assertThat(reply.header("Location")).isEqualTo("/reports/" + report.get("id"));
    assertThat(reply.text()).isEqualTo(reports.get("/reports/" + report.get("id")).text());
    assertThat(report.get("order_id").intValue()).isEqualTo(order);
    assertThat(report.get("product_id").intValue()).isEqualTo(1);
    assertThat(report.get("qty").intValue()).isEqualTo(2);
    assertThat(report.get("status").asText()).isEqualTo("created");
    assertThat(report.get("saga_id").isNull()).isTrue();
    assertThat(report.get("created_at").asText()).endsWith("Z");
    assertThat(Duration.between(Instant.parse(report.get("created_at").asText()), Instant.now()))
        .isBetween(Duration.ofMinutes(-1), Duration.ofMinutes(1));
  }

  @Test
  void anOrderHasOneReport() {
    int order = ORDERS.incrementAndGet();
    JsonNode first = create(order, 1);
    Reply second = reports.post("/reports", report(order, 1));
    assertThat(second.status()).as(second.text()).isEqualTo(409);
    assertThat(second.json().get("detail").asText())
        .isEqualTo("There is a report of order " + order + " already.");
    assertThat(reports.get("/reports/" + first.get("id")).json()).isEqualTo(first);
  }

  @Test
  void everyClientGetsTheRowItInserted() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(20);
    try {
      List<Future<JsonNode>> created = new ArrayList<>();
      for (int i = 1; i <= 60; i++) {
        int qty = i;
        created.add(clients.submit(() -> create(ORDERS.incrementAndGet(), qty)));
      }
      Set<Long> ids = new HashSet<>();
      for (int i = 1; i <= 60; i++) {
        JsonNode report = created.get(i - 1).get(30, TimeUnit.SECONDS);
        assertThat(report.get("qty").intValue()).isEqualTo(i);
        ids.add(report.get("id").longValue());
      }
      assertThat(ids).hasSize(60);
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void pagesThroughAllReports() {
    Set<Long> created = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      created.add(create(ORDERS.incrementAndGet(), 1).get("id").longValue());
    }
    List<Long> seen = new ArrayList<>();
    String after = "0";
    do {
      JsonNode page = reports.get("/reports?limit=2&after=" + after).json();
      page.get("items").forEach(item -> seen.add(item.get("id").longValue()));
      after = page.get("next").asText();
    } while (!after.equals("null"));
    assertThat(seen).isSorted().doesNotHaveDuplicates().containsAll(created);
  }

  @Test
  void aReportOfASagaIsWrittenOnceAndCancelledByItsCompensationOnly() {
    String saga = UUID.randomUUID().toString();
    int order = ORDERS.incrementAndGet();
    Reply created = reports.step(saga, "write-report/3/action", "/reports", report(order, 1));
    Reply again = reports.step(saga, "write-report/3/action", "/reports", report(order, 1));
    assertThat(created.status()).as(created.text()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text()).isEqualTo(created.text());
    assertThat(created.json().get("saga_id").asText()).isEqualTo(saga);
    String path = "/reports/by-saga/" + saga + "/status";
    Reply untrusted = reports.post(path, "{\"status\":\"cancelled\"}");
    assertThat(untrusted.status()).as(untrusted.text()).isEqualTo(409);
    assertThat(untrusted.json().get("detail").asText())
        .isEqualTo("Only the compensation of saga " + saga + " cancels its report.");
    for (int i = 0; i < 2; i++) {
      Reply undone =
          reports.step(saga, "write-report/3/compensation", path, "{\"status\":\"cancelled\"}");
      assertThat(undone.status()).as(undone.text()).isEqualTo(200);
      assertThat(undone.json().get("status").asText()).isEqualTo("cancelled");
    }
    Reply read = reports.get("/reports/" + created.json().get("id"));
    assertThat(read.json().get("status").asText()).isEqualTo("cancelled");
  }

  @Test
  void aLateReportOfACancelledSagaIsNotWritten() {
    String saga = UUID.randomUUID().toString();
    Reply undone =
        reports.step(
            saga,
            "write-report/3/compensation",
            "/reports/by-saga/" + saga + "/status",
            "{\"status\":\"cancelled\"}");
    assertThat(undone.text()).isEqualTo("{\"undone\":false}");
    int order = ORDERS.incrementAndGet();
    Reply late = reports.step(saga, "write-report/3/action", "/reports", report(order, 1));
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.json().get("type").asText()).isEqualTo("urn:relevo:problem:saga-cancelled");
    create(order, 1);
  }

  @Test
  void saysThatAReportIsUnknown() {
    Reply reply = reports.get("/reports/999999");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.json().get("detail").asText()).isEqualTo("There is no report 999999.");
  }

  @Test
  void isHealthy() {
    assertThat(reports.get("/health").text()).isEqualTo("{\"status\":\"UP\",\"database\":\"UP\"}");
  }
}
