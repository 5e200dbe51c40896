package dev.relevo.failover.stack;

import dev.relevo.failover.stack.Topology.Pair;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** What is done to a pair while clients order. */
enum Fault {
  KILL_PRIMARY("the primary's container is killed, and started again later", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().kill(pair.node(primary));
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().start(pair.node(primary));
    }
  },
  KILL_SERVER("the primary's server is killed, and its supervisor starts it again at once", null) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology
          .stack()
          .docker(
              "exec",
              // Its end is that of the container, and so of this command.
              "--detach",
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
      topology.stack().start(pair.node(primary));
    }
  },
  SWITCH_OVER("an operator has the other node made the primary", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.switchOver(pair, replica);
    }
  },
  FREEZE_SHORTLY("the primary stands still for 2 s", false) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().freeze(pair.node(primary));
      await(2_000);
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
  KILL_WATCHDOG("the watchdog is killed", false) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().crash(pair.watchdog());
    }
  },
  KILL_WATCHDOG_AND_PRIMARY("the watchdog is killed, and then the primary", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().crash(pair.watchdog());
      topology.stack().kill(pair.node(primary));
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().start(pair.node(primary));
    }
  },
  KILL_WATCHDOG_MIDWAY("the watchdog is killed in the middle of a failover", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().kill(pair.node(primary));
      // Nobody is let in any more, and the other node is not a primary yet.
      topology.awaitFenced(pair);
      topology.stack().crash(pair.watchdog());
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().start(pair.node(primary));
    }
  },
  ALTERNATE("the primary dies, the other one serves and dies, and the first one returns", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().kill(pair.node(primary));
      topology.awaitServing(pair, replica);
      await(3_000);
      topology.stack().kill(pair.node(replica));
      topology.stack().start(pair.node(primary));
      // It lacks what the other one has served since. The record would say if it were made primary.
      // An order gives up after 15 s.
      await(20_000);
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().start(pair.node(primary));
      topology.stack().start(pair.node(replica));
    }
  },
  UNWATCHED_REPLICA(
      "the replica restarts while the watchdog is down, then the primary is killed", null) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().kill(pair.watchdog());
      topology.stack().crash(pair.node(replica));
      await(3_000);
      topology.stack().kill(pair.node(primary));
      topology.stack().start(pair.watchdog());
      if (pair == Pair.MARIADB) {
        // Its replica has thrown away what it had received: that is no node to go on with.
        topology.awaitStatus(
            pair,
            "holds",
            s -> s.path("decision").path("action").asText().equals("HOLD_INCARNATION_CHANGED"));
      }
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().start(pair.watchdog());
      topology.stack().start(pair.node(primary));
    }
  },
  UNSHIPPED_TAIL(
      "the primary is killed with an unconfirmed tail, returns, and is killed again", null) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().freeze(pair.node(replica));
      await(700);
      topology.stack().crash(pair.node(primary));
      topology.awaitRestarted(pair, primary);
      // What it shows now, nobody was told of. Until its replica has it, nobody may read it.
      await(1_500);
      topology.stack().crash(pair.node(primary));
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().thaw(pair.node(replica));
    }
  },
  FULL_DISK("the primary's disk is full for 30 s", true) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      Assumptions.assumeTrue(
          topology.hasSmallDisks(),
          "the node's disk is the machine's: see test/failover/suite --help");
      topology.stack().onVolume(pair.node(primary), "cat /dev/zero >/volume/filler; true");
      await(30_000);
    }

    @Override
    void heal(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().onVolume(pair.node(primary), "rm -f /volume/filler");
    }
  },
  KILL_EVERYTHING("every container is killed, and all are started again", null) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().compose("kill");
    }
  },
  DOWN_AND_UP("everything is taken down, and up again", null) {
    @Override
    void strike(Topology topology, Pair pair, String primary, String replica) {
      topology.stack().compose("down");
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
  void heal(Topology topology, Pair pair, String primary, String replica) {
    if (concernsAllPairs()) {
      topology.up();
    }
  }

  /** Whether all orders have to be answered 200: what dies has a twin that lives. */
  boolean isRiddenOut() {
    return failover != null && this != ALTERNATE;
  }

  /** Whether it makes no difference which pair it is done to. */
  boolean concernsAllPairs() {
    return this == KILL_EVERYTHING || this == DOWN_AND_UP;
  }

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
  static void await(long millis) {
    Awaitility.await()
        .pollDelay(millis, TimeUnit.MILLISECONDS)
        .atMost(millis + 60_000, TimeUnit.MILLISECONDS)
        .until(() -> true);
  }
}
