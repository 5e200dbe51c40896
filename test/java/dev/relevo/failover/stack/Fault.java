package dev.relevo.failover.stack;

import dev.relevo.failover.stack.Topology.Pair;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** What is done to a pair while clients order. */
enum Fault {
  KILL_PRIMARY("the primary's container is killed", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().crash(pair.node(primary));
    }
  },
  KILL_SERVER("the primary's server is killed, and its supervisor starts it again at once", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology
          .stack()
          .docker(
              "exec",
              topology.stack().container(pair.node(primary)),
              "bash",
              "-c",
              // A shell's own kill: an engine's image may have no other.
              "for p in /proc/[0-9]*; do case $(cat $p/comm 2>/dev/null) in"
                  + " mariadbd|mysqld|postgres) kill -9 ${p#/proc/};; esac; done; true");
    }
  },
  STOP_PRIMARY("the primary is stopped in good order, and started again", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().docker("stop", topology.stack().container(pair.node(primary)));
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().docker("start", topology.stack().container(pair.node(primary)));
    }
  },
  FREEZE_SHORTLY("the primary stands still for 1.5 s", false) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().freeze(pair.node(primary));
      await(1500);
      topology.stack().thaw(pair.node(primary));
    }
  },
  FREEZE("the primary stands still for 30 s", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().freeze(pair.node(primary));
      await(30_000);
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().thaw(pair.node(primary));
    }
  },
  PARTITION_PRIMARY("the primary is cut off from everybody for 20 s", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().cutOff(pair.node(primary), pair.nodes());
      await(20_000);
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().reconnect(pair.node(primary), pair.nodes(), pair.address(primary));
    }
  },
  KILL_REPLICA("the replica's container is killed", false) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().crash(pair.node(replica));
    }
  },
  PARTITION_REPLICA("the replica is cut off from everybody for 20 s", false) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().cutOff(pair.node(replica), pair.nodes());
      await(20_000);
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().reconnect(pair.node(replica), pair.nodes(), pair.address(replica));
    }
  },
  FREEZE_REPLICA("the replica is connected and confirms nothing, for 15 s", false) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().freeze(pair.node(replica));
      await(15_000);
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().thaw(pair.node(replica));
    }
  },
  KILL_BOTH("both nodes' containers are killed at once", null) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().crash(List.of(pair.node(primary), pair.node(replica)));
    }
  },
  KILL_ROUTER("HAProxy's container is killed", false) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().crash(pair.router());
    }
  },
  KILL_WATCHDOG_AND_PRIMARY("the watchdog is killed, and then the primary", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().crash(List.of(pair.watchdog(), pair.node(primary)));
    }
  };

  private final String sentence;
  private final Boolean failover;

  Fault(String sentence, Boolean failover) {
    this.sentence = sentence;
    this.failover = failover;
  }

  abstract void strike(Topology topology, Pair pair, String primary, String replica);

  /** Puts an end to what doesn't end by itself. */
  void heal(Topology topology, Pair pair, String primary, String replica) {}

  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String sentence() {
    return sentence;
  }

  /** Whether the other node has to be the primary afterwards; null where either may be. */
  Boolean failover() {
    return failover;
  }

  static Fault of(String id) {
    return Arrays.stream(values())
        .filter(fault -> fault.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no fault " + id));
  }

  /** The fault's own duration; nothing is waited for. */
  private static void await(long millis) {
    Awaitility.await()
        .pollDelay(millis, TimeUnit.MILLISECONDS)
        .atMost(millis + 60_000, TimeUnit.MILLISECONDS)
        .until(() -> true);
  }
}
