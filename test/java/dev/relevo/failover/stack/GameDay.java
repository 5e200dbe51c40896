package dev.relevo.failover.stack;

import dev.relevo.failover.stack.Topology.Pair;
import dev.relevo.it.Audit;
import dev.relevo.load.Kind;
import dev.relevo.load.Load;
import dev.relevo.load.Sample;
import dev.relevo.load.SampleLog;
import dev.relevo.load.Slo;
import dev.relevo.load.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Breaks one part of the running compose topology after another while orders come at a constant
 * rate, and writes down what clients saw of it. The command is {@code test/failover/gameday}.
 */
public final class GameDay {
  private static final PrintStream OUT = System.out;
  private static final double SHARE_OF_CAPACITY = 0.3;

  /**
   * Orders a second that are enough to see a stall in; sent if they are no more than that share.
   */
  private static final double LEAST_RATE = 20;

  private static final double LARGEST_SHARE = 0.5;
  private static final int CLIENTS = 10;

  /** How it ends if nothing was lost or is still unwell, and a limit of time or failures missed. */
  private static final int TOO_SLOW = 4;

  /** Between two faults. */
  private static final long QUIET = 5_000;

  private static final Duration LONGEST = Duration.ofDays(1);

  private final Map<String, String> options;
  private final Set<String> flags;
  private final long began = System.nanoTime();

  private GameDay(Map<String, String> options, Set<String> flags) {
    this.options = options;
    this.flags = flags;
  }

  public static void main(String[] args) throws IOException {
    Load.noRetries();
    Map<String, String> options = new java.util.TreeMap<>();
    Set<String> flags = new HashSet<>();
    for (int i = 0; i < args.length; i++) {
      if (i + 1 == args.length || args[i + 1].startsWith("--")) {
        flags.add(args[i]);
      } else {
        options.put(args[i], args[++i]);
      }
    }
    System.exit(new GameDay(options, flags).run());
  }

  private int run() throws IOException {
    if (flags.contains("--list")) {
      DayFaults.all()
          .forEach(
              fault ->
                  OUT.printf(
                      "%-30s %s%s%n",
                      fault.id(),
                      fault.sentence(),
                      fault.claim() == DayFault.Claim.NOTHING_IS_LOST ? " (orders may fail)" : ""));
      return 0;
    }
    Topology topology = new Topology();
    List<DayFault> faults = faults();
    if (!topology.hasSmallDisks()) {
      say("no disk is filled, for a node's disk is the machine's");
      faults = faults.stream().filter(fault -> !DayFaults.needsSmallDisks(fault)).toList();
    }
    if (faults.isEmpty()) {
      say("so nothing is left to be tried");
      return 2;
    }
    say("starting the topology");
    topology.up();
    try {
      Day day = day(topology, faults);
      write(day, Path.of(options.get("--out")));
      say("%s", day.broken().isEmpty() ? "the limits held" : "the limits did not hold");
      day.broken().forEach(sentence -> OUT.println("  " + sentence));
      return day.broken().isEmpty() ? 0 : day.wrong().isEmpty() ? TOO_SLOW : 1;
    } finally {
      if (!flags.contains("--keep")) {
        topology.stack().remove();
      }
    }
  }

  private List<DayFault> faults() {
    if (options.containsKey("--faults")) {
      return DayFaults.named(List.of(options.get("--faults").split(",")));
    }
    return flags.contains("--short") ? DayFaults.ofShortDay() : DayFaults.all();
  }

  /** Until when faults are begun. */
  private Duration lastStrike() {
    return options.containsKey("--minutes")
        ? Duration.ofMinutes(Long.parseLong(options.get("--minutes")))
        : LONGEST;
  }

  private void say(String format, Object... args) {
    Duration since = Duration.ofNanos(System.nanoTime() - began);
    OUT.printf("[%s] %s%n", DayReport.clock(since), format.formatted(args));
  }

  private Day day(Topology topology, List<DayFault> faults) {
    Target target = Target.edge(Topology.url(), topology.stack().secret("service_token"), null);
    Audit audit = topology.audit();
    boolean brief = flags.contains("--short");
    double capacity = capacity(target, audit, brief);
    if (capacity < 1) {
      throw new IllegalStateException("no order was placed while the capacity was measured");
    }
    double rate =
        Math.max(capacity * SHARE_OF_CAPACITY, Math.min(LEAST_RATE, capacity * LARGEST_SHARE));
    say("%.0f orders a second at most; %.1f a second are sent from now on", capacity, rate);
    List<Incident> incidents = new ArrayList<>();
    List<Sample> samples;
    try (Load load = new Load(target, audit::answered)) {
      Thread sender =
          new Thread(
              () ->
                  load.open(
                      Map.of(
                          Kind.ORDER, rate,
                          Kind.PRODUCTS, rate / Slo.ORDERS_PER_OTHER,
                          Kind.REPORTS, rate / Slo.ORDERS_PER_OTHER),
                      LONGEST),
              "sender");
      sender.setPriority(Thread.MAX_PRIORITY);
      sender.start();
      Fault.await(QUIET);
      breakAll(topology, faults, load, incidents);
      Fault.await(QUIET);
      load.stop();
      samples = load.finished();
    }
    say("checking that everything is true");
    List<String> violations = new ArrayList<>(audit.violations());
    for (Pair pair : Pair.values()) {
      try {
        topology.assertTwins(pair);
      } catch (AssertionError e) {
        violations.add(e.getMessage());
      }
    }
    return new Day(title(), capacity, rate, samples, incidents, violations);
  }

  private String title() {
    return options.containsKey("--faults")
        ? options.get("--faults")
        : flags.contains("--short") ? "a short day" : "a full day";
  }

  private double capacity(Target target, Audit audit, boolean brief) {
    say("warming up");
    try (Load warmUp = new Load(target, audit::answered)) {
      warmUp.closed(CLIENTS, Slo.mix(), Duration.ofSeconds(brief ? 60 : 120));
      warmUp.finished();
    }
    say("measuring the capacity");
    try (Load most = new Load(target, audit::answered)) {
      most.closed(CLIENTS, Slo.mix(), Duration.ofSeconds(brief ? 15 : 30));
      return Slo.capacity(most.finished());
    }
  }

  private void breakAll(
      Topology topology, List<DayFault> faults, Load load, List<Incident> incidents) {
    long start = System.nanoTime();
    boolean round = options.containsKey("--minutes");
    for (int i = 0; round || i < faults.size(); i++) {
      if (System.nanoTime() - start > lastStrike().toNanos()) {
        return;
      }
      DayFault fault = faults.get(i % faults.size());
      say("%d%s  %s: %s", i + 1, round ? "" : "/" + faults.size(), fault.id(), fault.sentence());
      Incident incident = strike(topology, fault);
      incidents.add(incident);
      Fault.await(QUIET);
      Day soFar = new Day("", 0, 0, List.copyOf(load.samples()), List.of(incident), List.of());
      say(
          "      %s; longest time without an order %s s, %d orders and %d reads failed",
          incident.trouble().isEmpty()
              ? "whole after "
                  + DayReport.seconds(Duration.ofNanos(incident.settled() - incident.struck()))
                  + " s"
              : "IS NOT WELL AGAIN: " + incident.trouble(),
          DayReport.seconds(soFar.outage(incident)),
          soFar.failed(incident, Kind.ORDER),
          soFar.failed(incident, Kind.PRODUCTS) + soFar.failed(incident, Kind.REPORTS));
    }
  }

  private static Incident strike(Topology topology, DayFault fault) {
    long struck = System.nanoTime();
    String trouble = "";
    try {
      fault.effect().strike(topology).run();
    } catch (RuntimeException | AssertionError e) {
      // The day goes on: what becomes of the rest is worth knowing, too.
      trouble = String.valueOf(e.getMessage());
    }
    return Incident.of(fault, struck, System.nanoTime(), trouble);
  }

  private void write(Day day, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.md"), DayReport.markdown(day));
    Files.writeString(folder.resolve("report.html"), DayPage.html(day));
    Files.writeString(folder.resolve("faults.csv"), DayReport.csv(day));
    Files.writeString(folder.resolve("requests.csv"), SampleLog.csv(day.samples()));
    say("the report is in %s", folder.resolve("report.html"));
  }
}
