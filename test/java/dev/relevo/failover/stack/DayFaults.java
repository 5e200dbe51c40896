package dev.relevo.failover.stack;

import dev.relevo.failover.stack.DayFault.Claim;
import dev.relevo.failover.stack.Topology.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Everything that can be done to the topology on a game day, in the order of a day. */
final class DayFaults {
  /** The network of the edge, the middlewares and the applications. */
  private static final int SERVICES = 4;

  private static final long HANG = 20_000;
  private static final long CUT = 20_000;
  private static final long SHORT_CUT = 8_000;

  /** Those of the failover suite that leave the other part of the pair alone. */
  private static final List<Fault> ONE_PART_OF_A_PAIR =
      List.of(
          Fault.KILL_PRIMARY,
          Fault.KILL_SERVER,
          Fault.STOP_PRIMARY,
          Fault.SWITCH_OVER,
          Fault.FREEZE,
          Fault.PARTITION_PRIMARY,
          Fault.KILL_REPLICA,
          Fault.PARTITION_REPLICA,
          Fault.FREEZE_REPLICA,
          Fault.KILL_ROUTER,
          Fault.KILL_WATCHDOG,
          Fault.FULL_DISK);

  /** One of each sort, each engine and each application among them. */
  private static final List<String> SHORT =
      List.of(
          "mariadb:kill-primary",
          "inventory-a:kill",
          "postgresql:kill-primary",
          "middleware-a:kill",
          "mysql:kill-primary",
          "orders-b:hang",
          "mariadb:kill-router",
          "postgresql:kill-watchdog",
          "mysql:kill-replica",
          "reports-a:cut",
          "mariadb:freeze",
          "nginx:reload",
          "reports:kill-all");

  private final List<DayFault> all = new ArrayList<>();

  private DayFaults() {
    Map<String, Integer> instances = new LinkedHashMap<>();
    int number = 21;
    for (String app : List.of("inventory", "orders", "reports")) {
      instances.put(app + "-a", number);
      instances.put(app + "-b", number + 1);
      number += 10;
    }
    Map<String, Integer> middlewares = Map.of("middleware-a", 11, "middleware-b", 12);
    List<List<DayFault>> groups = new ArrayList<>();
    for (Pair pair : Pair.values()) {
      groups.add(ofPair(pair));
    }
    instances.forEach((name, address) -> groups.add(ofInstance(name, address)));
    middlewares.keySet().stream()
        .sorted()
        .forEach(name -> groups.add(ofMiddleware(name, middlewares.get(name))));
    groups.add(ofEverything());
    // In turn from each group, so that no part is met twice in a row.
    for (int i = 0; groups.stream().anyMatch(group -> !group.isEmpty()); i++) {
      List<DayFault> group = groups.get(i % groups.size());
      if (!group.isEmpty()) {
        all.add(group.remove(0));
      }
    }
  }

  /** All there are. */
  static List<DayFault> all() {
    return List.copyOf(new DayFaults().all);
  }

  /** Those of a day of a quarter of an hour. */
  static List<DayFault> ofShortDay() {
    return named(SHORT);
  }

  /**
   * Those with these ids, of these types or to these parts, in this order.
   *
   * @throws IllegalArgumentException if there is none of one of them
   */
  static List<DayFault> named(List<String> names) {
    List<DayFault> all = all();
    return names.stream()
        .flatMap(
            name -> {
              List<DayFault> those =
                  all.stream()
                      .filter(
                          fault ->
                              Stream.of(fault.id(), fault.type(), fault.part())
                                  .anyMatch(name::equals))
                      .toList();
              if (those.isEmpty()) {
                throw new IllegalArgumentException("there is no fault " + name);
              }
              return those.stream();
            })
        .distinct()
        .toList();
  }

  /** Whether it would fill the machine's disk if nodes had none of their own. */
  static boolean needsSmallDisks(DayFault fault) {
    return fault.type().equals(Fault.FULL_DISK.id());
  }

  private static List<DayFault> ofPair(Pair pair) {
    List<DayFault> faults = new ArrayList<>();
    ONE_PART_OF_A_PAIR.forEach(
        fault ->
            faults.add(
                new DayFault(
                    pair.id(),
                    fault.id(),
                    fault.sentence(),
                    Claim.NOTHING_FAILS,
                    topology -> strike(topology, pair, fault))));
    faults.add(
        new DayFault(
            pair.id(),
            "cut-watchdog",
            "the watchdog is cut off from the pair for 20 s",
            Claim.NOTHING_FAILS,
            topology -> {
              cut(topology, pair.watchdog(), pair.nodes(), CUT);
              topology
                  .stack()
                  .reconnect(pair.watchdog(), pair.nodes(), Topology.address(pair.network, 9));
              return () -> topology.awaitWhole(pair);
            }));
    faults.add(
        new DayFault(
            pair.id(),
            "cut-router",
            "HAProxy is cut off from the pair for 8 s",
            Claim.NOTHING_IS_LOST,
            topology -> {
              cut(topology, pair.router(), pair.nodes(), SHORT_CUT);
              topology
                  .stack()
                  .reconnect(pair.router(), pair.nodes(), Topology.address(pair.network, 10));
              return () -> topology.awaitWhole(pair);
            }));
    return faults;
  }

  private static Runnable strike(Topology topology, Pair pair, Fault fault) {
    String primary = topology.primary(pair);
    String replica = primary.equals("a") ? "b" : "a";
    long epoch = topology.epoch(pair);
    fault.strike(topology, pair, primary, replica);
    return () -> {
      try {
        if (Boolean.TRUE.equals(fault.failover())) {
          topology.awaitStatus(
              pair, "has a new primary", s -> s.path("record").path("epoch").asLong() > epoch);
        }
      } finally {
        fault.heal(topology, pair, primary, replica);
      }
      topology.awaitWhole(pair);
    };
  }

  private static List<DayFault> ofInstance(String name, int address) {
    String app = name.substring(0, name.length() - 2);
    String database =
        Map.of("inventory", "mariadb", "orders", "postgresql", "reports", "mysql").get(app)
            + "-clients";
    List<DayFault> faults = new ArrayList<>();
    faults.add(kill(name));
    faults.add(hang(name, Claim.NOTHING_FAILS));
    faults.add(cutFromServices(name, address, Claim.NOTHING_FAILS));
    faults.add(cutFromDatabase(name, database, Claim.NOTHING_FAILS));
    faults.add(restart(name));
    return faults;
  }

  private static List<DayFault> ofMiddleware(String name, int address) {
    List<DayFault> faults = new ArrayList<>();
    faults.add(kill(name));
    faults.add(hang(name, Claim.STALLS));
    faults.add(cutFromServices(name, address, Claim.STALLS));
    // It answers, with a 503 when an order's time is up; and an answer is an answer.
    faults.add(cutFromDatabase(name, "postgresql-clients", Claim.NOTHING_IS_LOST));
    faults.add(restart(name));
    return faults;
  }

  private static DayFault kill(String name) {
    return new DayFault(
        name,
        "kill",
        "the instance is killed",
        Claim.NOTHING_FAILS,
        topology -> {
          long pid = topology.stack().pid(name);
          topology.stack().crash(name);
          return () -> topology.awaitRestarted(name, pid);
        });
  }

  private static DayFault hang(String name, Claim claim) {
    return new DayFault(
        name,
        "hang",
        "the instance stands still for 20 s",
        claim,
        topology -> {
          topology.stack().freeze(name);
          Fault.await(HANG);
          topology.stack().thaw(name);
          return () -> topology.awaitHealthy(name);
        });
  }

  private static DayFault cutFromServices(String name, int address, Claim claim) {
    return new DayFault(
        name,
        "cut",
        "the instance is cut off from everybody but its database for 20 s",
        claim,
        topology -> {
          cut(topology, name, "services", CUT);
          topology.stack().reconnect(name, "services", Topology.address(SERVICES, address));
          return () -> topology.awaitHealthy(name);
        });
  }

  private static DayFault cutFromDatabase(String name, String network, Claim claim) {
    return new DayFault(
        name,
        "cut-database",
        "the instance is cut off from its database for 20 s",
        claim,
        topology -> {
          Stack stack = topology.stack();
          cut(topology, name, network, CUT);
          stack.docker("network", "connect", stack.network(network), stack.container(name));
          return () -> topology.awaitHealthy(name);
        });
  }

  private static DayFault restart(String name) {
    return new DayFault(
        name,
        "restart",
        "the instance is stopped in good order, and started again",
        Claim.NOTHING_FAILS,
        topology -> {
          restartOne(topology, name);
          return () -> {};
        });
  }

  private static void cut(Topology topology, String service, String network, long millis) {
    topology.stack().cutOff(service, network);
    Fault.await(millis);
  }

  private static List<DayFault> ofEverything() {
    List<DayFault> faults = new ArrayList<>();
    faults.add(
        new DayFault(
            "nginx",
            "reload",
            "the edge reads its configuration anew",
            Claim.NOTHING_IS_LOST,
            topology -> {
              topology
                  .stack()
                  .docker(
                      "exec",
                      topology.stack().container("nginx"),
                      "nginx",
                      "-e",
                      "/dev/stderr",
                      "-s",
                      "reload");
              Fault.await(5_000);
              return () -> topology.awaitHealthy("nginx");
            }));
    for (String app : List.of("inventory", "orders", "reports")) {
      List<String> both = List.of(app + "-a", app + "-b");
      faults.add(
          new DayFault(
              app,
              "kill-all",
              "all instances of the application are killed at once",
              Claim.NOTHING_IS_LOST,
              topology -> {
                Map<String, Long> pids = new LinkedHashMap<>();
                both.forEach(name -> pids.put(name, topology.stack().pid(name)));
                topology.stack().crash(both);
                return () -> pids.forEach(topology::awaitRestarted);
              }));
    }
    faults.add(
        new DayFault(
            "everything",
            "restart",
            "every container but the edge is restarted in turn, each well before the next",
            Claim.NOTHING_FAILS,
            DayFaults::restartInTurn));
    return faults;
  }

  /** In the order of the playbook; a pair's primary last, so that its replica is there for it. */
  private static Runnable restartInTurn(Topology topology) {
    for (String name : List.of("inventory", "orders", "reports", "middleware")) {
      restartOne(topology, name + "-a");
      restartOne(topology, name + "-b");
    }
    for (Pair pair : Pair.values()) {
      restartOne(topology, pair.watchdog());
      restartOne(topology, pair.router());
    }
    for (Pair pair : Pair.values()) {
      topology.awaitWhole(pair);
      String primary = topology.primary(pair);
      restartOne(topology, pair.node(primary.equals("a") ? "b" : "a"));
      topology.awaitWhole(pair);
      restartOne(topology, pair.node(primary));
      topology.awaitWhole(pair);
    }
    return () -> {};
  }

  private static void restartOne(Topology topology, String name) {
    topology.stack().docker("restart", topology.stack().container(name));
    topology.awaitHealthy(name);
  }
}
