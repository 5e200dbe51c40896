package dev.relevo.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SloTest {
  @Test
  void theMixIsMostlyOrders() {
    for (Kind kind : Kind.values()) {
      assertThat(Collections.frequency(Slo.mix(), kind))
          .as(kind.title())
          .isEqualTo(kind == Kind.ORDER ? Slo.ORDERS_PER_OTHER : 1);
    }
  }

  @Test
  void theCapacityIsThatOfOrdersThatWerePlaced() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long due = Long.MAX_VALUE - 5_000_000_000L + i * 100_000_000L;
      samples.add(new Sample(Kind.ORDER, due, Duration.ofMillis(100), i < 50 ? 200 : 503));
      samples.add(new Sample(Kind.PRODUCTS, due, Duration.ofMillis(100), 200));
    }

    assertThat(Slo.capacity(samples)).isEqualTo(10);
    assertThat(Slo.capacity(List.of())).isZero();
  }

  @Test
  void limitsAreTheReferences() {
    Percentiles fast = Percentiles.ofNanos(Duration.ofMillis(299).toNanos());
    Percentiles slow = Percentiles.ofNanos(Duration.ofMillis(300).toNanos());

    assertThat(Slo.Limit.of(Kind.REPORTS).holds(fast)).isTrue();
    assertThat(Slo.Limit.of(Kind.REPORTS).holds(slow)).isFalse();
    assertThat(Slo.Limit.of(Kind.ORDER).holds(slow)).isTrue();
    assertThat(
            Slo.Limit.of(Kind.ORDER).holds(Percentiles.ofNanos(Duration.ofMillis(350).toNanos())))
        .isFalse();
  }

  /** One in fifty is slow: within the 95th percentile, not within the 99th. */
  @Test
  void ordersHaveALimitForTheSlowest() {
    long[] nanos = new long[100];
    for (int i = 0; i < 100; i++) {
      nanos[i] = Duration.ofMillis(i < 98 ? 100 : 700).toNanos();
    }

    assertThat(Slo.Limit.of(Kind.ORDER).holds(Percentiles.ofNanos(nanos))).isFalse();
    assertThat(Slo.Limit.of(Kind.PRODUCTS).holds(Percentiles.ofNanos(nanos))).isTrue();
  }
}
