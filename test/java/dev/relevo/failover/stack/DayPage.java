package dev.relevo.failover.stack;

import dev.relevo.load.Kind;
import dev.relevo.load.Percentiles;
import dev.relevo.load.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A game day as one page that needs nothing else: a time line, and the report's tables. */
final class DayPage {
  private static final int WIDTH = 1600;
  private static final int LEFT = 60;
  private static final int HEIGHT = 320;
  private static final int ERRORS = 90;
  private static final int TOP = 40;

  /** The scale: 1 ms at the bottom, 100 s at the top, each power of ten as far from the next. */
  private static final int DECADES = 5;

  private static final String STYLE =
      """
      :root{color-scheme:light dark;--ink:#1c2430;--paper:#fff;--line:#c9d0d9;--p50:#2f6fde;--p99:#d9822b;\
      --bad:#c62828;--fault:#7a4fbf}
      @media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--paper:#14181f;--line:#3a4350;--p50:#7aa7ff;\
      --p99:#f0a860;--bad:#ff6b6b;--fault:#b79cf0}}
      body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1660px;margin:2rem auto;padding:0 1rem}
      table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
      th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left}
      svg{width:100%;height:auto;font-size:12px;fill:var(--ink)}
      .grid{stroke:var(--line)} .p50{stroke:var(--p50)} .p99{stroke:var(--p99)} .p50,.p99{fill:none;stroke-width:1.5}
      .bad{fill:var(--bad)} .fault{fill:var(--fault);fill-opacity:.18} .fault:hover{fill-opacity:.4}
      .scroll{overflow-x:auto} code{font-size:.95em}
      """;

  private final Day day;
  private final StringBuilder svg = new StringBuilder();

  private DayPage(Day day) {
    this.day = day;
  }

  static String html(Day day) {
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Game day: %s</title><style>%s</style></head><body>
        %s
        </body></html>
        """
        .formatted(escape(day.title()), STYLE, body(day));
  }

  /** The report with the time line below its summary. */
  private static String body(Day day) {
    String tables = Tables.html(DayReport.markdown(day));
    int second = tables.indexOf("<h2>");
    return tables.substring(0, second)
        + "<h2>Time line</h2><p>Latency of <code>POST /orders</code> in each second, p50 and p99;"
        + " below it failed requests of all kinds; faults shaded, from when they struck until all"
        + " was well again, with their numbers from <em>The day</em>.</p>"
        + new DayPage(day).timeLine()
        + tables.substring(second);
  }

  private double x(long nanoTime) {
    double length = Math.max(1, day.end() - day.start());
    return LEFT + (WIDTH - LEFT - 10) * (nanoTime - day.start()) / length;
  }

  private static double y(Duration latency) {
    double decades = Math.log10(Math.max(1, latency.toNanos() / 1e6));
    return TOP + HEIGHT - HEIGHT * Math.min(DECADES, decades) / DECADES;
  }

  private String timeLine() {
    int height = TOP + HEIGHT + ERRORS + 30;
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Latency and failed requests over time\">"
            .formatted(WIDTH, height));
    grid(height);
    faults();
    Map<Integer, List<Sample>> bySecond = new TreeMap<>();
    for (Sample sample : day.samples()) {
      int second = (int) ((sample.due() - day.start()) / 1_000_000_000L);
      bySecond.computeIfAbsent(second, s -> new ArrayList<>()).add(sample);
    }
    curve(bySecond, 50, "p50");
    curve(bySecond, 99, "p99");
    errors(bySecond);
    return svg.append("</svg>").toString();
  }

  private void grid(int height) {
    for (int decade = 0; decade <= DECADES; decade++) {
      double y = TOP + HEIGHT - (double) HEIGHT * decade / DECADES;
      String label =
          decade < 3 ? (int) Math.pow(10, decade) + " ms" : (int) Math.pow(10, decade - 3.0) + " s";
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"2\" y=\"%.1f\">%s</text>",
              LEFT,
              y,
              WIDTH - 10,
              y + 4,
              label));
    }
    svg.append("<text x=\"2\" y=\"%d\">failed</text>".formatted(TOP + HEIGHT + ERRORS - 4));
    long minutes = day.length().toMinutes();
    long step = Math.max(1, minutes / 15);
    for (long minute = 0; minute <= minutes; minute += step) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\">%s</text>",
              x(day.start() + Duration.ofMinutes(minute).toNanos()),
              height - 8,
              DayReport.clock(Duration.ofMinutes(minute))));
    }
  }

  private void faults() {
    for (int i = 0; i < day.incidents().size(); i++) {
      Incident incident = day.incidents().get(i);
      double from = x(incident.struck());
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"fault\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%d"
                  + " %s: %s</title></rect><text x=\"%.1f\" y=\"%d\">%d</text>",
              from,
              TOP,
              Math.max(2, x(incident.settled()) - from),
              HEIGHT + ERRORS,
              i + 1,
              escape(incident.id()),
              escape(incident.sentence()),
              from,
              TOP - 6 - 12 * (i % 2),
              i + 1));
    }
  }

  private void curve(Map<Integer, List<Sample>> bySecond, double percent, String name) {
    StringBuilder path = new StringBuilder();
    bySecond.forEach(
        (second, samples) -> {
          List<Sample> orders = samples.stream().filter(s -> s.kind() == Kind.ORDER).toList();
          if (!orders.isEmpty()) {
            path.append(path.isEmpty() ? 'M' : 'L')
                .append(
                    String.format(
                        Locale.ROOT,
                        "%.1f %.1f",
                        x(day.start() + second * 1_000_000_000L),
                        y(Percentiles.of(orders).at(percent))));
          }
        });
    svg.append("<path class=\"%s\" d=\"%s\"><title>%s</title></path>".formatted(name, path, name));
  }

  private void errors(Map<Integer, List<Sample>> bySecond) {
    long most = bySecond.values().stream().mapToLong(DayPage::failed).max().orElse(0);
    bySecond.forEach(
        (second, samples) -> {
          long failed = failed(samples);
          if (failed > 0) {
            double high = (ERRORS - 10.0) * failed / most;
            svg.append(
                String.format(
                    Locale.ROOT,
                    "<rect class=\"bad\" x=\"%.1f\" y=\"%.1f\" width=\"2\" height=\"%.1f\"><title>%d"
                        + " failed at %s</title></rect>",
                    x(day.start() + second * 1_000_000_000L),
                    TOP + HEIGHT + ERRORS - high,
                    high,
                    failed,
                    DayReport.clock(Duration.ofSeconds(second))));
          }
        });
  }

  private static long failed(List<Sample> samples) {
    return samples.stream().filter(sample -> !sample.succeeded()).count();
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** The little of Markdown that {@link DayReport} writes. */
  private static final class Tables {
    private final StringBuilder html = new StringBuilder();
    private boolean inTable;

    static String html(String markdown) {
      Tables tables = new Tables();
      markdown.lines().forEach(tables::line);
      tables.endTable();
      return tables.html.toString();
    }

    private void endTable() {
      if (inTable) {
        html.append("</table></div>\n");
        inTable = false;
      }
    }

    private void line(String line) {
      if (line.startsWith("|---")) {
        return;
      }
      if (line.startsWith("|")) {
        String cell = inTable ? "td" : "th";
        if (!inTable) {
          html.append("<div class=\"scroll\"><table>\n");
          inTable = true;
        }
        html.append("<tr>");
        for (String text : line.substring(1, line.length() - 1).split("\\|", -1)) {
          html.append("<%s>%s</%s>".formatted(cell, inline(text.strip()), cell));
        }
        html.append("</tr>\n");
        return;
      }
      endTable();
      if (line.startsWith("## ")) {
        html.append("<h2>").append(inline(line.substring(3))).append("</h2>\n");
      } else if (line.startsWith("# ")) {
        html.append("<h1>").append(inline(line.substring(2))).append("</h1>\n");
      } else if (!line.isBlank()) {
        html.append("<p>").append(inline(line)).append("</p>\n");
      }
    }

    private static String inline(String text) {
      return escape(text)
          .replaceAll("`([^`]*)`", "<code>$1</code>")
          .replaceAll("\\*\\*([^*]*)\\*\\*", "<strong>$1</strong>")
          .replaceAll("\\*([^*]*)\\*", "<em>$1</em>");
    }
  }
}
