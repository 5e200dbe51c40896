package dev.relevo.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures the service level objectives of a running topology: its capacity, then the latencies of
 * valid requests at a part of it. The command is {@code test/load/slo}.
 */
public final class Slo {
  /** Each of the others comes a tenth as often as an order. */
  public static final int ORDERS_PER_OTHER = 10;

  private static final double LEAST_ANSWERED = 0.9995;
  private static final Duration TOO_LATE = Duration.ofMillis(50);
  private static final PrintStream OUT = System.out;
  private static final PrintStream PROGRESS = System.err;

  /** What is promised of a kind of request, in milliseconds; 0 where nothing is. */
  record Limit(int p95, int p99) {
    static Limit of(Kind kind) {
      return kind == Kind.ORDER ? new Limit(350, 700) : new Limit(300, 0);
    }

    boolean holds(Percentiles latency) {
      return latency.at(95).toMillis() < p95 && (p99 == 0 || latency.at(99).toMillis() < p99);
    }

    @Override
    public String toString() {
      return p99 == 0 ? "p95 < " + p95 : "p95 < %d, p99 < %d".formatted(p95, p99);
    }
  }

  private final Target target;
  private final Map<String, String> options;

  private Slo(Map<String, String> options) throws IOException {
    this.options = options;
    this.target =
        options.containsKey("embedded")
            ? Target.embedded(Integer.parseInt(options.get("embedded")))
            : Target.edge(options.get("url"), secret("service-token"), secret("api-key"));
  }

  /** The first word of the file that the option names; null without it. */
  private String secret(String option) throws IOException {
    return options.containsKey(option)
        ? Files.readString(Path.of(options.get(option))).strip().split("\\s+")[0]
        : null;
  }

  public static void main(String[] args) throws IOException {
    Load.noRetries();
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i].substring(2), args[i + 1]);
    }
    System.exit(new Slo(options).run() ? 0 : 1);
  }

  private Duration seconds(String option) {
    return Duration.ofSeconds(Long.parseLong(options.get(option)));
  }

  private boolean run() throws IOException {
    int clients = Integer.parseInt(options.get("clients"));
    PROGRESS.println("warming up");
    closed(clients, seconds("warm-up"));
    PROGRESS.println("measuring the capacity");
    double capacity = capacity(closed(clients, seconds("seconds")));
    OUT.printf(
        "Capacity: **%.0f orders a second** (%d clients in a closed loop, %s s; with each %d orders"
            + " one request of each other kind).%n%n",
        capacity, clients, options.get("seconds"), ORDERS_PER_OTHER);
    if (capacity < 1) {
      OUT.println("**FAIL**: no load can be derived from that.");
      return false;
    }
    boolean all = true;
    for (String percent : options.get("levels").split(",")) {
      PROGRESS.printf("measuring at %s %%%n", percent);
      all &= level(Integer.parseInt(percent.strip()), capacity);
    }
    OUT.printf("**%s**%n", all ? "PASS" : "FAIL");
    return all;
  }

  /** Many orders, and one of each other. */
  public static List<Kind> mix() {
    List<Kind> mix = new ArrayList<>();
    for (int i = 0; i < ORDERS_PER_OTHER; i++) {
      mix.add(Kind.ORDER);
      // Spread, so that clients that begin at the same time don't meet in them.
      if (i % 3 == 1) {
        mix.add(Kind.values()[1 + i / 3]);
      }
    }
    for (Kind kind : Kind.values()) {
      if (!mix.contains(kind)) {
        mix.add(kind);
      }
    }
    return mix;
  }

  private List<Sample> closed(int clients, Duration howLong) {
    try (Load load = new Load(target, (key, product, qty, status, body) -> {})) {
      load.closed(clients, mix(), howLong);
      return load.finished();
    }
  }

  /** Orders that were placed, a second, from the first one's start to the last one's end. */
  public static double capacity(List<Sample> samples) {
    List<Sample> orders =
        samples.stream().filter(s -> s.kind() == Kind.ORDER && s.succeeded()).toList();
    if (orders.isEmpty()) {
      return 0;
    }
    long zero = orders.get(0).due();
    long first = orders.stream().mapToLong(s -> s.due() - zero).min().orElse(0);
    long last = orders.stream().mapToLong(s -> s.answered() - zero).max().orElse(0);
    return orders.size() / ((last - first) / 1e9);
  }

  private boolean level(int percent, double capacity) throws IOException {
    Map<Kind, Double> rates = new EnumMap<>(Kind.class);
    double orders = capacity * percent / 100;
    for (Kind kind : Kind.values()) {
      rates.put(kind, kind == Kind.ORDER ? orders : orders / ORDERS_PER_OTHER);
    }
    List<Sample> samples;
    Duration latest;
    try (Load load = new Load(target, (key, product, qty, status, body) -> {})) {
      load.open(rates, seconds("seconds"));
      samples = load.finished();
      latest = load.latest();
    }
    if (options.containsKey("csv")) {
      Files.writeString(
          Path.of(options.get("csv") + "." + percent + ".csv"), SampleLog.csv(samples));
    }
    OUT.printf(
        "At %d %% of it, requests at a constant rate for %s s:%n%n",
        percent, options.get("seconds"));
    OUT.println(
        "| request | a second | n | failed | p50 ms | p95 ms | p99 ms | p99.9 ms | limits | |");
    OUT.println("|---|---|---|---|---|---|---|---|---|---|");
    boolean all = true;
    for (Kind kind : Kind.values()) {
      all &= row(kind, rates.get(kind), samples.stream().filter(s -> s.kind() == kind).toList());
    }
    OUT.printf(
        "%nA latency begins when its request was due; the latest was sent %.1f ms after that.%n%n",
        latest.toNanos() / 1e6);
    if (latest.compareTo(TOO_LATE) > 0) {
      OUT.printf(
          "This machine had no time to send requests when they were due: the figures say more about it than about the topology.%n%n");
    }
    return all;
  }

  private static boolean row(Kind kind, double rate, List<Sample> samples) {
    Percentiles latency = Percentiles.of(samples);
    long failed = samples.stream().filter(sample -> !sample.succeeded()).count();
    Limit limit = Limit.of(kind);
    boolean holds =
        !samples.isEmpty()
            && limit.holds(latency)
            && failed <= samples.size() * (1 - LEAST_ANSWERED);
    OUT.printf(
        "| `%s` | %.1f | %d | %d | %s | %s | %s | %s | %s | %s |%n",
        kind.title(),
        rate,
        samples.size(),
        failed,
        latency.millisAt(50),
        latency.millisAt(95),
        latency.millisAt(99),
        latency.millisAt(99.9),
        limit,
        holds ? "PASS" : "FAIL");
    return holds;
  }
}
