package dev.relevo.failover.engine;

import dev.relevo.failover.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A place in MySQL's history: the set of transactions it contains, as intervals by source. Written
 * as MySQL writes it: {@code uuid:1-5:7,uuid:tag:1}. Immutable.
 */
final class GtidSet implements Position {
  static final GtidSet EMPTY = new GtidSet(new TreeMap<>());

  /** Both ends are in it. */
  private record Interval(long first, long last) {
    static Interval parse(String text) {
      int dash = text.indexOf('-');
      return dash < 0
          ? new Interval(Long.parseLong(text), Long.parseLong(text))
          : new Interval(
              Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    @Override
    public String toString() {
      return first == last ? String.valueOf(first) : first + "-" + last;
    }
  }

  /** Sorted, apart from each other. */
  private final Map<String, List<Interval>> bySource;

  private GtidSet(Map<String, List<Interval>> bySource) {
    this.bySource = bySource;
  }

  static GtidSet parse(String text) {
    Map<String, List<Interval>> sources = new TreeMap<>();
    for (String part : text.split(",")) {
      String[] words = part.strip().split(":");
      String source = words[0];
      for (int i = 1; i < words.length; i++) {
        String word = words[i].strip();
        if (!word.isEmpty() && !Character.isDigit(word.charAt(0))) {
          source = words[0] + ":" + word;
        } else if (!word.isEmpty()) {
          sources.computeIfAbsent(source, s -> new ArrayList<>()).add(Interval.parse(word));
        }
      }
    }
    sources.replaceAll((source, intervals) -> merged(intervals));
    return new GtidSet(sources);
  }

  /** What sessions own at the moment: {@code uuid:1#17:2#18}, a transaction and its thread. */
  static GtidSet parseOwned(String text) {
    return parse(text.replaceAll("#[0-9]+", ""));
  }

  private static List<Interval> merged(List<Interval> intervals) {
    List<Interval> sorted =
        intervals.stream().sorted((a, b) -> Long.compare(a.first(), b.first())).toList();
    List<Interval> merged = new ArrayList<>();
    for (Interval next : sorted) {
      Interval previous = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (previous != null && next.first() <= previous.last() + 1) {
        merged.set(
            merged.size() - 1,
            new Interval(previous.first(), Math.max(previous.last(), next.last())));
      } else {
        merged.add(next);
      }
    }
    return merged;
  }

  GtidSet plus(GtidSet other) {
    Map<String, List<Interval>> sum = new TreeMap<>(bySource);
    other.bySource.forEach(
        (source, intervals) ->
            sum.merge(
                source,
                intervals,
                (a, b) -> {
                  List<Interval> both = new ArrayList<>(a);
                  both.addAll(b);
                  return merged(both);
                }));
    return new GtidSet(sum);
  }

  /** Those of one server, tagged or not. */
  GtidSet of(String serverUuid) {
    Map<String, List<Interval>> own = new TreeMap<>();
    bySource.forEach(
        (source, intervals) -> {
          if (source.equals(serverUuid) || source.startsWith(serverUuid + ":")) {
            own.put(source, intervals);
          }
        });
    return new GtidSet(own);
  }

  @Override
  public boolean covers(Position other) {
    return behind(other) == 0;
  }

  @Override
  public long behind(Position other) {
    long missing = 0;
    for (Map.Entry<String, List<Interval>> entry : ((GtidSet) other).bySource.entrySet()) {
      List<Interval> held = bySource.getOrDefault(entry.getKey(), List.of());
      for (Interval wanted : entry.getValue()) {
        missing += wanted.last() - wanted.first() + 1;
        for (Interval own : held) {
          long both =
              Math.min(own.last(), wanted.last()) - Math.max(own.first(), wanted.first()) + 1;
          missing -= Math.max(0, both);
        }
      }
    }
    return missing;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GtidSet set && bySource.equals(set.bySource);
  }

  @Override
  public int hashCode() {
    return bySource.hashCode();
  }

  @Override
  public String toString() {
    return bySource.isEmpty()
        ? "nothing"
        : bySource.entrySet().stream()
            .map(
                entry ->
                    entry.getKey()
                        + ":"
                        + entry.getValue().stream()
                            .map(Interval::toString)
                            .collect(Collectors.joining(":")))
            .collect(Collectors.joining(","));
  }
}
