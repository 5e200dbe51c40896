package dev.relevo.failover.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.failover.stack.DayFault.Claim;
import dev.relevo.load.Kind;
import dev.relevo.load.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** What a day means, of days that are made up: an order every 100 ms for ten minutes. */
class DayTest {
  /** {@link System#nanoTime} may be any number, and overflow. */
  private static final long START = Long.MAX_VALUE - Duration.ofMinutes(3).toNanos();

  private static long at(double seconds) {
    return START + Math.round(seconds * 1000) * 1_000_000L;
  }

  private static List<Sample> orders(LongFunction<Sample> orderDueAtMillis) {
    List<Sample> samples = new ArrayList<>();
    for (long millis = 0; millis < 600_000; millis += 100) {
      samples.add(orderDueAtMillis.apply(millis));
    }
    for (Kind kind : List.of(Kind.PRODUCTS, Kind.REPORTS)) {
      for (long second = 0; second < 600; second++) {
        samples.add(new Sample(kind, at(second), Duration.ofMillis(5), 200));
      }
    }
    return samples;
  }

  private static Sample order(long millis, long latencyMillis, int status) {
    return new Sample(Kind.ORDER, at(millis / 1e3), Duration.ofMillis(latencyMillis), status);
  }

  private static Incident incident(Claim claim, double struck, double settled) {
    return new Incident("mariadb", "kill-primary", "a <fault>", claim, at(struck), at(settled), "");
  }

  private static Day day(List<Sample> samples, Incident... incidents) {
    return new Day("of a test", 100, 10, samples, List.of(incidents), List.of());
  }

  /** From 60 s on nothing is answered for so long; those who came meanwhile are answered then. */
  private static List<Sample> stalled(int seconds) {
    long end = 60_000 + seconds * 1000L;
    return orders(
        millis ->
            millis >= 60_000 && millis < end
                ? order(millis, end - millis, 200)
                : order(millis, 20, 200));
  }

  @Test
  void aQuietDayHolds() {
    Day day = day(orders(millis -> order(millis, 20, 200)));

    assertThat(day.broken()).isEmpty();
    assertThat(day.longestStall()).isEqualTo(Duration.ofMillis(100));
    assertThat(day.available(Kind.ORDER, true)).isEqualTo(1);
    assertThat(day.availableByInterval(Kind.ORDER)).containsExactly(1.0, 1.0);
  }

  @Test
  void anOutageIsWhatClientsSeeOfIt() {
    Incident incident = incident(Claim.NOTHING_FAILS, 60, 90);
    Day day = day(stalled(7), incident);

    assertThat(day.outage(incident).toMillis()).isBetween(6_900L, 7_200L);
    assertThat(day.slowest(incident, Kind.ORDER)).isEqualTo(Duration.ofSeconds(7));
    assertThat(day.longestStall()).isEqualTo(day.outage(incident));
    assertThat(day.broken()).isEmpty();
  }

  @Test
  void anOutageThatTakesTooLongBreaksThePromise() {
    assertThat(day(stalled(11), incident(Claim.NOTHING_FAILS, 60, 90)).broken())
        .singleElement()
        .asString()
        .contains("mariadb:kill-primary", "for 11.1 s, 10 are allowed");
    assertThat(day(stalled(11), incident(Claim.STALLS, 60, 90)).broken()).isEmpty();
    assertThat(day(stalled(31), incident(Claim.STALLS, 60, 90)).broken()).isNotEmpty();
    assertThat(day(stalled(40), incident(Claim.NOTHING_IS_LOST, 60, 101)).broken()).isEmpty();
  }

  /** A busy machine can be blamed for much, and not for everything. */
  @Test
  void whatIsGrosslyLateOrUntrueIsWrong() {
    assertThat(day(stalled(29), incident(Claim.NOTHING_FAILS, 60, 95)).wrong()).isEmpty();
    assertThat(day(stalled(31), incident(Claim.NOTHING_FAILS, 60, 95)).wrong())
        .containsExactly("mariadb:kill-primary: no order was placed for 31 s");
    assertThat(day(stalled(31), incident(Claim.STALLS, 60, 95)).wrong()).isEmpty();
    assertThat(day(orders(m -> order(m, 20, m < 5_000 ? 503 : 200))).wrong()).isEmpty();
    assertThat(day(orders(m -> order(m, 20, m < 7_000 ? 503 : 200))).wrong())
        .containsExactly("POST /orders: available for 98.8 % of the requests");
    Day untrue =
        new Day("", 70, 20, orders(m -> order(m, 20, 200)), List.of(), List.of("1: it is gone"));
    assertThat(untrue.wrong()).containsExactly("invariant 1: it is gone");
  }

  /** It was under way when the part died. */
  @Test
  void aFailedOrderIsTheFaultsThatItMet() {
    List<Sample> samples = orders(millis -> order(millis, 20, 200));
    samples.add(order(59_950, 15_000, 503));
    Incident incident = incident(Claim.NOTHING_FAILS, 60, 90);

    assertThat(day(samples, incident).broken())
        .containsExactly("mariadb:kill-primary: 1 orders failed");
    assertThat(day(samples, incident).failedOutside(Kind.ORDER)).isZero();
    assertThat(day(samples, incident(Claim.NOTHING_IS_LOST, 60, 90)).broken()).isEmpty();
    assertThat(day(samples, incident(Claim.NOTHING_FAILS, 100, 110)).broken())
        .containsExactly("1 orders failed without any fault");
  }

  @Test
  void availabilityIsPromisedWhereMoreThanLossIsExcluded() {
    LongFunction<Sample> tenSecondsFail =
        millis -> order(millis, 20, millis >= 60_000 && millis < 70_000 ? 502 : 200);
    Incident nothingPromised = incident(Claim.NOTHING_IS_LOST, 60, 75);
    Day day = day(orders(tenSecondsFail), nothingPromised);

    assertThat(day.available(Kind.ORDER, true)).isEqualTo(1 - 100 / 6000.0);
    assertThat(day.available(Kind.ORDER, false)).isEqualTo(1);
    assertThat(day.availableByInterval(Kind.ORDER)).containsExactly(1 - 100 / 3000.0, 1.0);
    assertThat(day.broken()).isEmpty();
    assertThat(day(orders(tenSecondsFail)).broken())
        .anyMatch(s -> s.startsWith("POST /orders: available for 98.333 %"));
  }

  @Test
  void readsHaveToBeAvailableToo() {
    List<Sample> samples = orders(millis -> order(millis, 20, 200));
    samples.add(new Sample(Kind.REPORTS, at(30), Duration.ofSeconds(1), 504));

    assertThat(day(samples).broken())
        .singleElement()
        .asString()
        .startsWith("GET /app3/reports: available for 99.834 %");
  }

  @Test
  void whatIsNotWellAgainAndWhatIsNotTrueBreaksThePromise() {
    Incident stuck =
        new Incident("mysql", "freeze", "x", Claim.NOTHING_IS_LOST, at(60), at(90), "not whole");
    Day day =
        new Day(
            "x",
            1,
            1,
            orders(millis -> order(millis, 20, 200)),
            List.of(stuck),
            List.of("3: answered 200, but its orders are []"));

    assertThat(day.broken())
        .containsExactly(
            "mysql:freeze: it was not well again: not whole",
            "invariant 3: answered 200, but its orders are []");
    assertThat(DayReport.markdown(day))
        .contains("The limits did not hold", "| lost orders (answered 200, and not there) | 1 |");
  }

  @Test
  void theReportHasTheFigures() {
    String report = DayReport.markdown(day(stalled(7), incident(Claim.NOTHING_FAILS, 60, 90)));

    assertThat(report)
        .contains(
            "**The limits held.**",
            "| kill-primary | 1 | 7.1 | 7.1 | 7.1 | 10 | 0 | 0 |",
            "| 1 | 0:01:00 | `mariadb:kill-primary`: a <fault> | 30.0 s | 7.1 | 7.0 | 0 | 0 |",
            "| `POST /orders` | 6000, 0 of them failed |",
            "| `POST /orders` | quiet |",
            "| 0:05:00 | 100.000 | 100.000 | 100.000 |");
  }

  @Test
  void thePageNeedsNothingElse() {
    List<Sample> samples = stalled(7);
    samples.add(order(61_000, 10, 0));
    String page = DayPage.html(day(samples, incident(Claim.NOTHING_FAILS, 60, 90)));

    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("<svg", "class=\"fault\"", "class=\"bad\"", "a &lt;fault&gt;", "</html>")
        .doesNotContain("http://", "https://", "<script", "src=", "NaN", "Infinity", "a <fault>");
  }

  @Test
  void theHistoryHasALineForEachFault() {
    assertThat(DayReport.csv(day(stalled(7), incident(Claim.NOTHING_FAILS, 60, 90))).lines())
        .hasSize(2)
        .last()
        .isEqualTo("60000,90000,mariadb,kill-primary,7080,7000,0,0,\"\"");
  }
}
