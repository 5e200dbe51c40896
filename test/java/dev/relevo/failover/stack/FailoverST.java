package dev.relevo.failover.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.failover.stack.Topology.Pair;
import dev.relevo.it.Shoppers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
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
    int tries = Integer.getInteger("relevo.failover.tries", 1);
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 1; i <= tries; i++) {
      int number = i;
      for (Fault fault : faultsAskedFor()) {
        for (Pair pair : pairsAskedFor()) {
          String name = "%s: %s (%d)".formatted(pair.id(), fault.sentence(), number);
          tests.add(DynamicTest.dynamicTest(name, () -> run(pair, fault, number)));
        }
      }
    }
    return tests.stream();
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

  private void run(Pair pair, Fault fault, int number) throws IOException {
    topology.awaitWhole(pair);
    String primary = topology.primary(pair);
    String replica = primary.equals("a") ? "b" : "a";
    long epoch = topology.epoch(pair);
    Shoppers shoppers = topology.shoppers();
    shoppers.start(CLIENTS, 1);
    awaitOrders(shoppers, 20);
    long struck = System.nanoTime();
    long whole;
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
    whole = System.nanoTime();
    awaitOrders(shoppers, shoppers.placed() + 20);
    Duration gap = shoppers.longestGap(struck);
    shoppers.close();

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
                Duration.ofNanos(whole - struck).toMillis(),
                violations.size()),
        StandardOpenOption.APPEND);
    assertThat(violations).isEmpty();
    topology.assertTwins(pair);
    if (fault.failover() != null) {
      assertThat(epochs).as("new primaries").isEqualTo(fault.failover() ? 1 : 0);
    }
  }

  private static void awaitOrders(Shoppers shoppers, int placed) {
    await(placed + " orders are placed")
        .atMost(Topology.PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> shoppers.placed() >= placed);
  }
}
