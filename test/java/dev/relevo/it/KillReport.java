package dev.relevo.it;

import dev.relevo.it.Takeovers.Takeover;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What many rounds come to, as Markdown. */
final class KillReport {
  private KillReport() {}

  /** One round in one line. */
  static String line(KillRound round) {
    return "round %d %s: %d kills at %s, %d orders, %d taken over, %d ms, violations: %s"
        .formatted(
            round.round(),
            round.kind(),
            round.kills().size(),
            round.kills().stream().map(KillRound.Kill::at).toList(),
            round.orders(),
            round.takeovers().size(),
            round.tookMillis(),
            round.violations());
  }

  static String markdown(List<KillRound> rounds) {
    List<KillRound.Kill> kills = rounds.stream().flatMap(r -> r.kills().stream()).toList();
    StringBuilder text = new StringBuilder();
    text.append("| what | n |\n|---|---|\n");
    row(text, "kills", kills.size());
    row(
        text,
        "of these at a boundary",
        kills.stream().filter(k -> !k.at().equals("random")).count());
    row(text, "rounds", rounds.size());
    row(text, "orders", rounds.stream().mapToLong(KillRound::orders).sum());
    Map<Integer, Long> statuses = new TreeMap<>();
    rounds.forEach(r -> r.statuses().forEach((s, n) -> statuses.merge(s, n, Long::sum)));
    statuses.forEach(
        (status, n) ->
            row(
                text,
                status == 0 ? "requests without an answer" : "requests answered " + status,
                n));
    text.append("\n| invariant | violations |\n|---|---|\n");
    Map<String, Long> violations =
        rounds.stream()
            .flatMap(r -> r.violations().stream())
            .collect(Collectors.groupingBy(v -> v.substring(0, 1), Collectors.counting()));
    for (int i = 1; i <= 5; i++) {
      row(text, i, violations.getOrDefault(String.valueOf(i), 0L));
    }
    text.append("\n| milliseconds | rounds | n | p50 | p95 | max |\n|---|---|---|---|---|---|\n");
    for (KillPlan.Kind kind : KillPlan.Kind.values()) {
      List<Takeover> taken =
          rounds.stream()
              .filter(r -> r.kind() == kind)
              .flatMap(r -> r.takeovers().stream())
              .toList();
      times(text, "from the death to the takeover", kind, taken, Takeover::takenMillis);
      times(text, "from the death to the end", kind, taken, Takeover::endedMillis);
      times(text, "from the lease's end to the takeover", kind, taken, Takeover::lateMillis);
      List<Takeover> scanned = taken.stream().filter(Takeover::byScan).toList();
      times(text, "the same, by the background scan", kind, scanned, Takeover::lateMillis);
    }
    times(
        text, "start of a process", rounds.stream().flatMap(r -> r.startMillis().stream()), "all");
    text.append("\n| killed at | n |\n|---|---|\n");
    kills.stream()
        .collect(Collectors.groupingBy(KillRound.Kill::at, TreeMap::new, Collectors.counting()))
        .forEach((at, n) -> row(text, at, n));
    return text.toString();
  }

  private static void row(StringBuilder text, Object what, Object n) {
    text.append("| ").append(what).append(" | ").append(n).append(" |\n");
  }

  private static void times(
      StringBuilder text,
      String what,
      KillPlan.Kind kind,
      List<Takeover> taken,
      Function<Takeover, Long> time) {
    times(text, what, taken.stream().map(time).filter(Objects::nonNull), kind.name());
  }

  private static void times(StringBuilder text, String what, Stream<Long> times, String rounds) {
    long[] sorted = times.mapToLong(Long::longValue).sorted().toArray();
    if (sorted.length > 0) {
      text.append(
          "| %s | %s | %d | %d | %d | %d |%n"
              .formatted(
                  what,
                  rounds,
                  sorted.length,
                  percentile(sorted, 50),
                  percentile(sorted, 95),
                  sorted[sorted.length - 1]));
    }
  }

  private static long percentile(long[] sorted, int percent) {
    return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
  }
}
