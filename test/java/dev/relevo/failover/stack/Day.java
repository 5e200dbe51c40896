package dev.relevo.failover.stack;

import dev.relevo.failover.stack.DayFault.Claim;
import dev.relevo.load.Kind;
import dev.relevo.load.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What happened on a game day, and what it means; computed from what was written down, so that it
 * can be computed again.
 *
 * @param title what day it was
 * @param capacity orders a second, measured before
 * @param rate orders a second that were sent
 * @param samples all requests, in the order in which they were due
 * @param incidents all faults, in the order in which they struck
 * @param violations of the invariants, and nodes of a pair that hold different rows
 */
record Day(
    String title,
    double capacity,
    double rate,
    List<Sample> samples,
    List<Incident> incidents,
    List<String> violations) {
  static final double LEAST_AVAILABLE = 0.9995;

  /** Below that, it is no longer a matter of the machine; of reads, there are few. */
  private static final double LEAST_ORDERS = 0.99;

  private static final double LEAST_READS = 0.95;

  private static final int GROSSLY = 3;
  static final Duration BUCKET = Duration.ofMinutes(5);

  Day {
    long zero = samples.isEmpty() ? 0 : samples.get(0).due();
    samples = samples.stream().sorted(Comparator.comparingLong(s -> s.due() - zero)).toList();
    incidents = List.copyOf(incidents);
    violations = List.copyOf(violations);
  }

  /** When the first request was due, by {@link System#nanoTime}. */
  long start() {
    return samples.isEmpty() ? 0 : samples.get(0).due();
  }

  /** When the last answer was there. */
  long end() {
    long zero = start();
    return zero + samples.stream().mapToLong(s -> s.answered() - zero).max().orElse(0);
  }

  Duration length() {
    return Duration.ofNanos(end() - start());
  }

  /** Those that it may have hit: under way when it struck, or due until all was well again. */
  List<Sample> during(Incident incident) {
    return samples.stream().filter(sample -> meets(sample, incident)).toList();
  }

  private static boolean meets(Sample sample, Incident incident) {
    return sample.answered() - incident.struck() >= 0 && sample.due() - incident.settled() <= 0;
  }

  long failed(Incident incident, Kind kind) {
    return during(incident).stream().filter(s -> s.kind() == kind && !s.succeeded()).count();
  }

  /**
   * The client's view of an outage (RTO): the longest time without an order that was placed, from
   * one to the next, of those times that reach into the incident.
   */
  Duration outage(Incident incident) {
    long zero = start();
    List<Long> placed = placed();
    long longest = 0;
    for (int i = 1; i < placed.size(); i++) {
      boolean reachesIn =
          placed.get(i) > incident.struck() - zero && placed.get(i - 1) < incident.settled() - zero;
      if (reachesIn) {
        longest = Math.max(longest, placed.get(i) - placed.get(i - 1));
      }
    }
    return Duration.ofNanos(longest);
  }

  /** The longest time without an order that was placed, of the whole day. */
  Duration longestStall() {
    List<Long> placed = placed();
    long longest = 0;
    for (int i = 1; i < placed.size(); i++) {
      longest = Math.max(longest, placed.get(i) - placed.get(i - 1));
    }
    return Duration.ofNanos(longest);
  }

  private List<Long> placed() {
    long zero = start();
    return samples.stream()
        .filter(sample -> sample.kind() == Kind.ORDER && sample.succeeded())
        .map(sample -> sample.answered() - zero)
        .sorted()
        .toList();
  }

  /** The longest that a request of that kind took while it lasted. */
  Duration slowest(Incident incident, Kind kind) {
    return during(incident).stream()
        .filter(sample -> sample.kind() == kind)
        .map(Sample::latency)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** Failed requests of that kind that no incident is to blame for. */
  long failedOutside(Kind kind) {
    return samples.stream()
        .filter(sample -> sample.kind() == kind && !sample.succeeded())
        .filter(sample -> incidents.stream().noneMatch(incident -> meets(sample, incident)))
        .count();
  }

  /**
   * The share of requests of that kind that got what they asked for; 1 if there were none.
   *
   * @param all whether those count, too, that met an incident in which nothing of the sort is
   *     promised
   */
  double available(Kind kind, boolean all) {
    return share(
        samples.stream()
            .filter(sample -> sample.kind() == kind)
            .filter(
                sample ->
                    all
                        || incidents.stream()
                            .filter(incident -> incident.claim() == Claim.NOTHING_IS_LOST)
                            .noneMatch(incident -> meets(sample, incident)))
            .toList());
  }

  /** The same by intervals of {@link #BUCKET}, by when requests were due. */
  List<Double> availableByInterval(Kind kind) {
    List<List<Sample>> buckets = new ArrayList<>();
    for (Sample sample : samples) {
      int bucket = (int) ((sample.due() - start()) / BUCKET.toNanos());
      while (buckets.size() <= bucket) {
        buckets.add(new ArrayList<>());
      }
      if (sample.kind() == kind) {
        buckets.get(bucket).add(sample);
      }
    }
    return buckets.stream().map(Day::share).toList();
  }

  private static double share(List<Sample> samples) {
    return samples.isEmpty()
        ? 1
        : (double) samples.stream().filter(Sample::succeeded).count() / samples.size();
  }

  /** What is not true, or not well again, in sentences. */
  private List<String> untrue() {
    List<String> untrue = new ArrayList<>();
    for (Incident incident : incidents) {
      if (!incident.trouble().isEmpty()) {
        untrue.add("%s: it was not well again: %s".formatted(incident.id(), incident.trouble()));
      }
    }
    violations.forEach(violation -> untrue.add("invariant " + violation));
    return untrue;
  }

  /**
   * What no machine may be too slow for, in sentences: all is true, and well again, and what stood
   * still or failed did so within some times what is allowed.
   */
  List<String> wrong() {
    List<String> wrong = new ArrayList<>(untrue());
    for (Incident incident : incidents) {
      long allowed = incident.claim().longestStall() * 1000L;
      if (allowed > 0 && outage(incident).toMillis() > GROSSLY * allowed) {
        wrong.add(
            "%s: no order was placed for %d s"
                .formatted(incident.id(), outage(incident).toSeconds()));
      }
    }
    for (Kind kind : List.of(Kind.ORDER, Kind.PRODUCTS, Kind.REPORTS)) {
      if (available(kind, false) < (kind == Kind.ORDER ? LEAST_ORDERS : LEAST_READS)) {
        wrong.add(
            "%s: available for %.1f %% of the requests"
                .formatted(kind.title(), 100 * available(kind, false)));
      }
    }
    return wrong;
  }

  /** What was promised and was not so, in sentences; none if the limits held. */
  List<String> broken() {
    List<String> broken = new ArrayList<>(untrue());
    for (Incident incident : incidents) {
      if (incident.claim() == Claim.NOTHING_IS_LOST) {
        continue;
      }
      long failed = failed(incident, Kind.ORDER);
      if (failed > 0 && incident.claim() == Claim.NOTHING_FAILS) {
        broken.add("%s: %d orders failed".formatted(incident.id(), failed));
      }
      Duration outage = outage(incident);
      if (outage.toMillis() > incident.claim().longestStall() * 1000L) {
        broken.add(
            "%s: no order was placed for %.1f s, %d are allowed"
                .formatted(
                    incident.id(), outage.toMillis() / 1e3, incident.claim().longestStall()));
      }
    }
    if (failedOutside(Kind.ORDER) > 0) {
      broken.add("%d orders failed without any fault".formatted(failedOutside(Kind.ORDER)));
    }
    for (Kind kind : List.of(Kind.ORDER, Kind.PRODUCTS, Kind.REPORTS)) {
      if (available(kind, false) < LEAST_AVAILABLE) {
        broken.add(
            "%s: available for %.3f %% of the requests, %.2f are promised"
                .formatted(kind.title(), 100 * available(kind, false), 100 * LEAST_AVAILABLE));
      }
    }
    return broken;
  }
}
