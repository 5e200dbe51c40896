package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of faults: no acknowledged or seen write is ever lost, never do two nodes take
 * writes, and once all is repaired the pair is whole again without anybody's help.
 *
 * <p>{@code -Drelevo.failover.sequences=1000000} runs more of them (a core does about a thousand a
 * second), {@code -Drelevo.failover.seed=N} others.
 */
class FailoverSimulationTest {
  /** Those without which a sequence is no test of anything. */
  private static final String[] MET = {
    "handover-fence",
    "handover-close",
    "handover-stop-receiver",
    "handover-start-applier",
    "handover-drain",
    "name-the-peer",
    "promote",
    "return-confirmed",
    "return-attach",
    "return-without-replica",
    "return-alone",
    "drop-lost",
    "drop-not-acking",
    "drop-restarted",
    "relax",
    "require-before-open",
    "open-writes",
    "route",
    "demote",
    "diverged",
    "reprovision",
    "attach",
    "joined",
    "require",
    "hold-not-in-sync",
    "hold-incarnation-changed",
    "hold-not-fenced"
  };

  private static final SimKind[] KINDS = {SimKind.MARIADB, SimKind.MYSQL, SimKind.POSTGRESQL};

  @Test
  void noSequenceOfFaultsLosesAWriteOrEndsBroken() {
    long sequences = Long.getLong("relevo.failover.sequences", 100_000);
    long first = Long.getLong("relevo.failover.seed", 1);
    AtomicLong failovers = new AtomicLong();
    Set<String> rules = ConcurrentHashMap.newKeySet();
    LongStream.range(first, first + sequences)
        .parallel()
        .forEach(
            seed -> {
              SimRun run =
                  new SimRun(seed, KINDS[(int) (seed % KINDS.length)], SimRun.Broken.NOTHING);
              try {
                run.run();
              } catch (RuntimeException e) {
                throw new AssertionError(story(seed), e);
              }
              failovers.addAndGet(run.failovers());
              rules.addAll(run.rules);
            });
    assertThat(failovers.get())
        .as("sequences that came to a failover")
        .isGreaterThan(sequences / 10);
    assertThat(rules).as("rules that were met").contains(MET);
  }

  /** Being reachable, or having followed once, doesn't make a replica one that confirms. */
  @Test
  void serviceGoesOnWithoutAReplicaThatOnlyLooksConnected() {
    serviceGoesOnAfter(primary -> {}, replica -> replica.stalled = true);
  }

  /** Answering, and having its replica connected, doesn't make a primary one that commits. */
  @Test
  void serviceGoesOnWithoutAPrimaryThatOnlyAnswers() {
    serviceGoesOnAfter(primary -> primary.diskFull = true, replica -> {});
  }

  private static void serviceGoesOnAfter(Consumer<SimNode> toPrimary, Consumer<SimNode> toReplica) {
    for (SimKind kind : KINDS) {
      SimRun healthy = new SimRun(1, kind, SimRun.Broken.NOTHING);
      int usually = healthy.acknowledgedAfter(primary -> {}, replica -> {}, 600);
      SimRun run = new SimRun(1, kind, SimRun.Broken.NOTHING);
      assertThat(run.acknowledgedAfter(toPrimary, toReplica, 600))
          .as("writes on " + kind.name())
          .isGreaterThan(usually / 2);
    }
  }

  static String story(long seed) {
    SimRun run = new SimRun(seed, KINDS[(int) (seed % KINDS.length)], SimRun.Broken.NOTHING);
    run.tells = true;
    try {
      run.run();
    } catch (RuntimeException e) {
      run.tell(e.toString());
    }
    Map<String, String> same = new TreeMap<>();
    StringBuilder text = new StringBuilder("seed " + seed + " on " + run.world.kind.name() + "\n");
    String before = "";
    for (String line : run.story) {
      String what = line.substring(line.indexOf(' '));
      if (!what.equals(before)) {
        text.append(line).append('\n');
      }
      before = what;
    }
    return text.toString();
  }
}
