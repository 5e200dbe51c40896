package dev.relevo.failover.stack;

import dev.relevo.failover.stack.DayFault.Claim;
import dev.relevo.load.Kind;
import dev.relevo.load.Percentiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A game day as Markdown, and its faults as lines of text. */
final class DayReport {
  static final List<Kind> KINDS = List.of(Kind.ORDER, Kind.PRODUCTS, Kind.REPORTS);

  private final Day day;
  private final StringBuilder text = new StringBuilder();

  private DayReport(Day day) {
    this.day = day;
  }

  /** The whole report. */
  static String markdown(Day day) {
    DayReport report = new DayReport(day);
    report.summary();
    report.outagesByType();
    report.incidents();
    report.latencies();
    report.availability();
    return report.text.toString();
  }

  private void line(String format, Object... args) {
    text.append(format.formatted(args)).append('\n');
  }

  private void summary() {
    List<String> broken = day.broken();
    line("# Game day: %s", day.title());
    line("");
    line("**%s**", broken.isEmpty() ? "The limits held." : "The limits did not hold:");
    line("");
    broken.forEach(sentence -> line("- %s", sentence));
    if (!broken.isEmpty()) {
      line("");
    }
    line("| what | |");
    line("|---|---|");
    line("| length | %s |", clock(day.length()));
    line("| faults | %d |", day.incidents().size());
    line("| capacity beforehand | %.0f orders a second |", day.capacity());
    line("| sent | %.1f orders a second, reads a tenth of it each |", day.rate());
    for (Kind kind : KINDS) {
      long n = day.samples().stream().filter(s -> s.kind() == kind).count();
      long failed = day.samples().stream().filter(s -> s.kind() == kind && !s.succeeded()).count();
      line("| `%s` | %d, %d of them failed |", kind.title(), n, failed);
    }
    line("| failed orders without any fault | %d |", day.failedOutside(Kind.ORDER));
    line("| longest time without an order that was placed | %s s |", seconds(day.longestStall()));
    line("| lost orders (answered 200, and not there) | %d |", violations("answered 200, but"));
    line("| doubled orders (two of one request) | %d |", violations("has the orders"));
    line("| violations of invariants | %d |", day.violations().size());
    line("");
  }

  private long violations(String words) {
    return day.violations().stream().filter(violation -> violation.contains(words)).count();
  }

  /** RTO: what a client sees of a fault. */
  private void outagesByType() {
    line("## Outages by fault");
    line("");
    line(
        "The longest time without an order that was placed, from one to the next, in seconds; at"
            + " %.1f orders a second it is %.2f without any fault.",
        day.rate(), 1 / day.rate());
    line("");
    line("| fault | n | p50 | p95 | max | allowed | failed orders | failed reads |");
    line("|---|---|---|---|---|---|---|---|");
    Map<String, List<Incident>> byType = new LinkedHashMap<>();
    day.incidents()
        .forEach(
            incident ->
                byType.computeIfAbsent(type(incident), type -> new ArrayList<>()).add(incident));
    byType.forEach(
        (type, incidents) -> {
          Percentiles outages =
              Percentiles.ofNanos(
                  incidents.stream().mapToLong(i -> day.outage(i).toNanos()).toArray());
          line(
              "| %s | %d | %s | %s | %s | %s | %d | %d |",
              type,
              incidents.size(),
              seconds(outages.at(50)),
              seconds(outages.at(95)),
              seconds(outages.at(100)),
              allowed(incidents.get(0).claim()),
              incidents.stream().mapToLong(i -> day.failed(i, Kind.ORDER)).sum(),
              incidents.stream().mapToLong(this::failedReads).sum());
        });
    line("");
  }

  /** Where the same is promised of the same fault, whatever part it is done to. */
  private static String type(Incident incident) {
    boolean slow = incident.claim() == Claim.STALLS;
    return incident.type() + (slow ? " (middleware)" : "");
  }

  private static String allowed(Claim claim) {
    return claim.longestStall() == 0 ? "–" : String.valueOf(claim.longestStall());
  }

  private long failedReads(Incident incident) {
    return day.failed(incident, Kind.PRODUCTS) + day.failed(incident, Kind.REPORTS);
  }

  private void incidents() {
    line("## The day");
    line("");
    line(
        "| no. | at | what | whole again after | outage s | slowest order s | failed orders | failed reads |");
    line("|---|---|---|---|---|---|---|---|");
    for (int i = 0; i < day.incidents().size(); i++) {
      Incident incident = day.incidents().get(i);
      line(
          "| %d | %s | `%s`: %s | %s s | %s | %s | %d | %d |",
          i + 1,
          clock(Duration.ofNanos(incident.struck() - day.start())),
          incident.id(),
          incident.sentence(),
          incident.trouble().isEmpty()
              ? seconds(Duration.ofNanos(incident.settled() - incident.struck()))
              : "not within " + seconds(Duration.ofNanos(incident.settled() - incident.struck())),
          seconds(day.outage(incident)),
          seconds(day.slowest(incident, Kind.ORDER)),
          day.failed(incident, Kind.ORDER),
          failedReads(incident));
    }
    line("");
  }

  private void latencies() {
    line("## Latencies");
    line("");
    line("In milliseconds, from when a request was due. *Quiet*: those that met no fault.");
    line("");
    line("| request | | n | p50 | p95 | p99 | p99.9 | max |");
    line("|---|---|---|---|---|---|---|---|");
    for (Kind kind : KINDS) {
      row(kind, "all", Percentiles.ofNanos(nanos(kind, false)));
      row(kind, "quiet", Percentiles.ofNanos(nanos(kind, true)));
    }
    line("");
  }

  private long[] nanos(Kind kind, boolean quiet) {
    return day.samples().stream()
        .filter(sample -> sample.kind() == kind)
        .filter(
            sample ->
                !quiet
                    || day.incidents().stream()
                        .noneMatch(
                            incident ->
                                sample.answered() - incident.struck() >= 0
                                    && sample.due() - incident.settled() <= 0))
        .mapToLong(sample -> sample.latency().toNanos())
        .toArray();
  }

  private void row(Kind kind, String which, Percentiles latency) {
    line(
        "| `%s` | %s | %d | %s | %s | %s | %s | %s |",
        kind.title(),
        which,
        latency.count(),
        latency.millisAt(50),
        latency.millisAt(95),
        latency.millisAt(99),
        latency.millisAt(99.9),
        latency.millisAt(100));
  }

  private void availability() {
    line("## Availability");
    line("");
    line(
        "Percent of the requests that were due within these %d minutes and got what they asked for."
            + " *Promised*: without those that met a fault in which only loss is excluded.",
        Day.BUCKET.toMinutes());
    line("");
    line("| from | `%s` | `%s` | `%s` |", KINDS.stream().map(Kind::title).toArray());
    line("|---|---|---|---|");
    List<List<Double>> columns = KINDS.stream().map(day::availableByInterval).toList();
    for (int i = 0; i < columns.get(0).size(); i++) {
      line(
          "| %s | %s | %s | %s |",
          clock(Day.BUCKET.multipliedBy(i)),
          percent(columns.get(0).get(i)),
          percent(columns.get(1).get(i)),
          percent(columns.get(2).get(i)));
    }
    total("the whole day", true);
    total("promised", false);
  }

  private void total(String name, boolean all) {
    line(
        "| **%s** | %s | %s | %s |",
        name,
        percent(day.available(Kind.ORDER, all)),
        percent(day.available(Kind.PRODUCTS, all)),
        percent(day.available(Kind.REPORTS, all)));
  }

  /** A line for each fault; times in milliseconds since the first request was due. */
  static String csv(Day day) {
    StringBuilder csv =
        new StringBuilder(
            "struck_ms,settled_ms,part,type,outage_ms,slowest_order_ms,failed_orders,failed_reads,trouble\n");
    DayReport report = new DayReport(day);
    for (Incident incident : day.incidents()) {
      csv.append(
          "%d,%d,%s,%s,%d,%d,%d,%d,\"%s\"%n"
              .formatted(
                  (incident.struck() - day.start()) / 1_000_000,
                  (incident.settled() - day.start()) / 1_000_000,
                  incident.part(),
                  incident.type(),
                  day.outage(incident).toMillis(),
                  day.slowest(incident, Kind.ORDER).toMillis(),
                  day.failed(incident, Kind.ORDER),
                  report.failedReads(incident),
                  incident.trouble().replace('"', '\'').replace('\n', ' ')));
    }
    return csv.toString();
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toNanos() / 1e9);
  }

  static String clock(Duration since) {
    return "%d:%02d:%02d".formatted(since.toHours(), since.toMinutesPart(), since.toSecondsPart());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.3f", 100 * share);
  }
}
