package dev.relevo.role.middleware;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Times {@code POST /orders} as a client has it from this process, from the first byte read to the
 * answer handed over, by status: the metric {@value #METRIC}.
 */
final class OrderStatistics extends HttpFilter {
  /** A timer with the tag {@code status}, the answer's status code. */
  static final String METRIC = "relevo.orders.answered";

  /** Over how long percentiles are taken. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final long serialVersionUID = 1L;
  private static final double[] PERCENTILES = {0.5, 0.95, 0.99};
  private static final int WINDOW_PARTS = 6;

  /** Bucket limits that the objectives are judged by: 350 ms at p95, 700 ms at p99. */
  private static final Duration[] OBJECTIVES = {
    Duration.ofMillis(50),
    Duration.ofMillis(80),
    Duration.ofMillis(200),
    Duration.ofMillis(350),
    Duration.ofMillis(700),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15)
  };

  private final transient MeterRegistry meters;
  private final transient Map<Integer, Timer> timers = new ConcurrentHashMap<>();

  OrderStatistics(MeterRegistry meters) {
    this.meters = meters;
    // So that a rate can be told from the first answer on.
    timer(HttpServletResponse.SC_OK);
    timer(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!"POST".equals(request.getMethod())) {
      chain.doFilter(request, response);
      return;
    }
    long begun = System.nanoTime();
    int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    try {
      chain.doFilter(request, response);
      status = response.getStatus();
    } finally {
      timer(status).record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
    }
  }

  /** How many orders were answered with each status since the start. */
  Map<String, Long> answered() {
    Map<String, Long> counts = new TreeMap<>();
    timers.forEach((status, timer) -> counts.put(status.toString(), timer.count()));
    return counts;
  }

  /** Percentiles in ms of the orders that were answered 200 within {@link #WINDOW}. */
  Map<String, Object> latency() {
    HistogramSnapshot snapshot = timer(HttpServletResponse.SC_OK).takeSnapshot();
    Map<String, Object> latency = new LinkedHashMap<>();
    latency.put("window_seconds", WINDOW.toSeconds());
    for (ValueAtPercentile value : snapshot.percentileValues()) {
      latency.put(
          "p" + Math.round(value.percentile() * 100),
          Math.round(value.value(TimeUnit.MILLISECONDS) * 10) / 10.0);
    }
    return latency;
  }

  private Timer timer(int status) {
    return timers.computeIfAbsent(
        status,
        code ->
            Timer.builder(METRIC)
                .description("POST /orders by the status of the answer")
                .tags(Tags.of("status", Integer.toString(code)))
                .publishPercentiles(PERCENTILES)
                .distributionStatisticExpiry(WINDOW)
                .distributionStatisticBufferLength(WINDOW_PARTS)
                .serviceLevelObjectives(OBJECTIVES)
                .register(meters));
  }
}
