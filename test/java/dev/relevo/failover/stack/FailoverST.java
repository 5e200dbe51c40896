package dev.relevo.failover.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.failover.stack.Topology.Pair;
import dev.relevo.it.Shoppers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Faults on the real topology while clients order. Each case: the pair is whole; clients order; the
 * fault; the pair is whole again by itself; the clients go home; everything has to be true, and
 * both nodes hold the same rows. Run by {@code test/failover/suite}, which sets the properties.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailoverST {
  private static final Path RESULTS = Path.of("target/failover/results.csv");
  private static final int CLIENTS = Integer.getInteger("relevo.failover.clients", 4);

  /** When a primary is killed; what is usual is in docs/evidence/failover.md. */
  private static final Duration LONGEST_OUTAGE = Duration.ofSeconds(10);

  private static final int ATTEMPTS = Integer.getInteger("relevo.failover.attempts", 1);

  private final Topology topology = new Topology();

  @BeforeAll
  void up() throws IOException {
    Files.createDirectories(RESULTS.getParent());
    if (!Files.exists(RESULTS)) {
      Files.writeString(
          RESULTS, "engine,fault,try,placed,answers,gap_ms,epochs,whole_after_ms,violations\n");
    }
    topology.up();
  }

  @AfterAll
  void down() {
    if (!Boolean.getBoolean("relevo.failover.keep")) {
      topology.stack().remove();
    }
  }

  @TestFactory
  Stream<DynamicTest> faults() {
    List<Case> cases = Boolean.getBoolean("relevo.failover.short") ? shortCases() : cases();
    Stream<DynamicTest> tests =
        cases.stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> attempt(c)));
    if (Boolean.getBoolean("relevo.failover.no-control")) {
      return tests;
    }
    Pair pair = pairsAskedFor().get(pairsAskedFor().size() - 1);
    return Stream.concat(
        tests,
        Stream.of(
            DynamicTest.dynamicTest(
                pair.id() + ": without synchronous replication, the loss is found",
                () -> control(pair))));
  }

  private static List<Case> cases() {
    int tries = Integer.getInteger("relevo.failover.tries", 1);
    List<Case> cases = new ArrayList<>();
    for (int i = 1; i <= tries; i++) {
      for (Fault fault : faultsAskedFor()) {
        List<Pair> pairs = pairsAskedFor();
        for (Pair pair : fault.concernsAllPairs() ? pairs.subList(0, 1) : pairs) {
          cases.add(new Case(pair, fault, i));
        }
      }
    }
    return cases;
  }

  /**
   * The primary's death for each pair, and each other fault that the short game day leaves out for
   * one of them in turn.
   */
  private static List<Case> shortCases() {
    List<Pair> pairs = pairsAskedFor();
    List<String> done =
        System.getProperty("relevo.failover.faults", "").isBlank()
            ? DayFaults.ofShortDay().stream().map(DayFault::type).toList()
            : List.of();
    List<Case> cases = new ArrayList<>();
    for (Fault fault : faultsAskedFor()) {
      if (fault == Fault.KILL_PRIMARY) {
        pairs.forEach(pair -> cases.add(new Case(pair, fault, 1)));
      } else if (!done.contains(fault.id())) {
        // MariaDB's turn is the replica's restart that nobody saw: only there must the pair hold.
        int turn = fault.ordinal() - Fault.UNWATCHED_REPLICA.ordinal();
        cases.add(new Case(pairs.get(Math.floorMod(turn, pairs.size())), fault, 1));
      }
    }
    return cases;
  }

  private record Case(Pair pair, Fault fault, int number) {
    @Override
    public String toString() {
      return "%s: %s (%d)".formatted(pair.id(), fault.sentence(), number);
    }
  }

  /**
   * Were an acknowledged write lost, would anyone notice? The last case, for the databases no
   * longer agree after it.
   */
  private void control(Pair pair) throws SQLException {
    topology.awaitWhole(pair);
    String primary = topology.primary(pair);
    String replica = primary.equals("a") ? "b" : "a";
    Shoppers shoppers = topology.shoppers();
    try {
      shoppers.start(CLIENTS, 1);
      awaitOrders(shoppers, 20);
      topology.pause(pair);
      topology.stopWaiting(pair, primary);
      // Cut off, for the system goes on receiving for a process that stands still.
      topology.stack().cutOff(pair.node(replica), pair.nodes());
      awaitOrders(shoppers, shoppers.placed() + 20);
      topology.stack().kill(pair.node(primary));
      topology.stack().reconnect(pair.node(replica), pair.nodes(), pair.address(replica));
      topology.resume(pair);
      topology.awaitServing(pair, replica);
    } finally {
      shoppers.close();
    }
    assertThat(shoppers.violations())
        .as("invariants 1 to 3, on what a client was told")
        .anyMatch(violation -> violation.matches("[1-3]: .*"));
  }

  private static List<Fault> faultsAskedFor() {
    String asked = System.getProperty("relevo.failover.faults", "");
    return asked.isBlank()
        ? List.of(Fault.values())
        : Arrays.stream(asked.split(",")).map(String::strip).map(Fault::of).toList();
  }

  private static List<Pair> pairsAskedFor() {
    String asked = System.getProperty("relevo.failover.engines", "");
    return asked.isBlank()
        ? List.of(Pair.values())
        : Arrays.stream(asked.split(","))
            .map(engine -> Pair.valueOf(engine.strip().toUpperCase(Locale.ROOT)))
            .toList();
  }

  /** It took too long, and nothing else is wrong: on a very busy machine, that can be. */
  private static final class Late extends AssertionError {
    private static final long serialVersionUID = 1;

    Late(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }

  private void attempt(Case asked) throws IOException {
    for (int i = 1; ; i++) {
      try {
        run(asked);
        return;
      } catch (Late e) {
        if (i >= ATTEMPTS) {
          throw e;
        }
        System.err.printf("%s: is tried again, for %s%n", asked, e.getMessage());
      }
    }
  }

  private void run(Case asked) throws IOException {
    Pair pair = asked.pair();
    Fault fault = asked.fault();
    int number = asked.number();
    topology.awaitWhole(pair);
    String primary = topology.primary(pair);
    String replica = primary.equals("a") ? "b" : "a";
    long epoch = topology.epoch(pair);
    Shoppers shoppers = topology.shoppers();
    Duration gap = Duration.ZERO;
    Duration whole = Duration.ZERO;
    Late late = null;
    Lookout lookout = new Lookout(() -> topology.routed(pair));
    try (lookout) {
      shoppers.start(CLIENTS, 1);
      awaitOrders(shoppers, 20);
      long struck = System.nanoTime();
      try {
        fault.strike(topology, pair, primary, replica);
        if (Boolean.TRUE.equals(fault.failover())) {
          topology.awaitStatus(
              pair, "has a new primary", s -> s.path("record").path("epoch").asLong() > epoch);
        }
      } finally {
        fault.heal(topology, pair, primary, replica);
      }
      awaitOrders(shoppers, shoppers.placed() + 20);
      topology.awaitWhole(pair);
      whole = Duration.ofNanos(System.nanoTime() - struck);
      awaitOrders(shoppers, shoppers.placed() + 20);
      gap = shoppers.longestGap(struck);
    } catch (ConditionTimeoutException e) {
      late = new Late(e);
    } finally {
      // Else the next case would find orders that nobody told it of.
      shoppers.close();
    }

    List<String> violations = shoppers.violations();
    long epochs = topology.epoch(pair) - epoch;
    Files.writeString(
        RESULTS,
        "%s,%s,%d,%d,%s,%d,%d,%d,%d%n"
            .formatted(
                pair.id(),
                fault.id(),
                number,
                shoppers.placed(),
                shoppers.answers().toString().replace(", ", " "),
                gap.toMillis(),
                epochs,
                whole.toMillis(),
                violations.size()),
        StandardOpenOption.APPEND);
    System.err.printf(
        "%s %s (%d): %d orders %s, longest gap %d ms, whole after %d ms, %d violations%n",
        pair.id(),
        fault.id(),
        number,
        shoppers.placed(),
        shoppers.answers(),
        gap.toMillis(),
        whole.toMillis(),
        violations.size());
    assertThat(violations).isEmpty();
    assertThat(lookout.both()).as("looks at the router that found clients let to both").isZero();
    topology.assertTwins(pair);
    if (late != null) {
      throw late;
    }
    assertThat(lookout.one()).as("looks at the router that found one node").isPositive();
    if (fault.failover() != null) {
      assertThat(epochs).as("new primaries").isEqualTo(fault.failover() ? 1 : 0);
    }
    if (!fault.concernsAllPairs()) {
      assertThat(shoppers.answers().keySet()).as("answers").isSubsetOf(200, 503);
    }
    if (fault == Fault.ALTERNATE) {
      assertThat(shoppers.answers()).as("answers while no node may serve").containsKey(503);
    }
    if (fault == Fault.KILL_PRIMARY && gap.compareTo(LONGEST_OUTAGE) > 0) {
      throw new Late(new AssertionError("no order was placed for " + gap));
    }
    if (fault.isRiddenOut() && shoppers.answers().containsKey(503)) {
      throw new Late(new AssertionError("orders were given up: " + shoppers.answers()));
    }
  }

  private static void awaitOrders(Shoppers shoppers, int placed) {
    await(placed + " orders are placed")
        .atMost(Topology.PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> shoppers.placed() >= placed);
  }
}
