package dev.relevo.failover;

import dev.relevo.failover.SimNode.Process;
import java.util.ArrayList;
import java.util.List;

/** Faults at random moments, for random times. */
final class FaultWalk {
  private final SimRun run;
  private final SimWorld world;
  private final int[] begins;
  private final List<Repair> repairs = new ArrayList<>();
  private int next;

  /** What ends a fault. */
  private record Repair(int at, String what, Runnable act) {}

  FaultWalk(SimRun run, int length) {
    this.run = run;
    this.world = run.world;
    int faults = 1 + run.random.nextInt(6);
    begins = run.random.ints(faults, 1, length).map(at -> at + world.now).sorted().toArray();
    if (run.random.nextInt(3) == 0) {
      run.engine.killed = 0.02;
    }
    if (run.random.nextInt(3) == 0) {
      run.engine.failing = 0.05;
    }
  }

  void step() {
    repairs.removeIf(
        repair -> {
          if (repair.at() > world.now) {
            return false;
          }
          run.tell("end of " + repair.what());
          repair.act().run();
          return true;
        });
    while (next < begins.length && begins[next] <= world.now) {
      next++;
      fault();
    }
  }

  /** Everything works again. */
  void repair() {
    repairs.forEach(repair -> repair.act().run());
    repairs.clear();
    run.tell("all repaired");
    run.pause(false);
    if (run.engine.disk != null && run.engine.disk.paused()) {
      run.engine.disk = run.engine.disk.paused(false);
      run.killWatchdog();
    }
  }

  private void fault() {
    SimNode node = run.random.nextBoolean() ? world.a : world.b;
    SimNode primary = run.engine.disk == null ? world.a : world.node(run.engine.disk.primary());
    SimNode replica = world.node(primary.id.peer());
    switch (run.random.nextInt(22)) {
      case 0, 1 -> crash(node);
      case 2 -> crash(primary);
      case 3 -> {
        crash(world.a);
        crash(world.b);
      }
      case 4, 5 -> freeze(node);
      case 6 -> {
        world.cut();
        lasting("cut between the nodes", () -> world.nodesLinked = true);
      }
      case 7, 8 -> {
        world.watchdogLinked[node.id.ordinal()] = false;
        lasting(
            "cut between watchdog and " + node.id,
            () -> world.watchdogLinked[node.id.ordinal()] = true);
      }
      case 9 -> {
        world.watchdogLinked[node.id.ordinal()] = false;
        world.cut();
        lasting(
            node.id + " cut off from all but clients",
            () -> {
              world.watchdogLinked[node.id.ordinal()] = true;
              world.nodesLinked = true;
            });
      }
      case 10 -> {
        primary.diskFull = true;
        lasting("full disk of " + primary.id, () -> primary.diskFull = false);
      }
      case 11 -> {
        silence(replica);
      }
      case 12 -> {
        replica.stuck = true;
        lasting("stuck applier of " + replica.id, () -> replica.stuck = false);
      }
      case 13 -> {
        run.tell("router crashes");
        world.crashRouter();
      }
      case 14 -> {
        world.routerFrozen = true;
        lasting("frozen router", () -> world.routerFrozen = false);
      }
      case 15 -> {
        if (run.watchdogRuns()) {
          run.killWatchdog();
        }
      }
      case 16 -> wipe(replica);
      case 17 -> operator(primary, replica);
      case 18, 19, 20 -> oneAfterTheOther(primary, replica);
      default -> leave(node);
    }
  }

  /** It confirms nothing: its answers don't come through, or nothing comes to it at all. */
  private void silence(SimNode replica) {
    replica.mute = run.random.nextBoolean();
    replica.stalled = !replica.mute;
    lasting(
        "silence of replica " + replica.id,
        () -> {
          replica.mute = false;
          replica.stalled = false;
        });
  }

  /** What makes a stale node dangerous: the replica is in trouble, and then the primary dies. */
  private void oneAfterTheOther(SimNode primary, SimNode replica) {
    switch (run.random.nextInt(3)) {
      case 0 -> crash(replica);
      case 1 -> {
        world.cut();
        lasting("cut between the nodes", () -> world.nodesLinked = true);
      }
      default -> {
        silence(replica);
      }
    }
    int then = world.now + 3 + run.random.nextInt(25);
    repairs.add(new Repair(then, "the luck of " + primary.id, () -> crash(primary)));
  }

  private void lasting(String what, Runnable end) {
    run.tell(what);
    repairs.add(new Repair(world.now + 2 + run.random.nextInt(50), what, end));
  }

  private void crash(SimNode node) {
    if (node.serverThere()) {
      run.tell(node.id + " crashes");
      world.crash(node);
    }
  }

  private void freeze(SimNode node) {
    if (node.running()) {
      node.process = Process.FROZEN;
      lasting(
          "frozen " + node.id,
          () -> {
            if (node.process == Process.FROZEN) {
              node.process = Process.RUNNING;
            }
          });
    }
  }

  /**
   * Not while the other one is down, out of sight or being given up: a second disk, or the
   * successor's between the last look at it and its being named, is a loss that only a human can
   * judge.
   */
  private void wipe(SimNode node) {
    boolean successor = run.last != null && run.last.state() == PairState.HANDING_OVER;
    SimNode other = world.node(node.id.peer());
    if (successor || !other.running() || !world.watchdogLinked[other.id.ordinal()]) {
      return;
    }
    run.tell(node.id + " crashes and loses its disk");
    world.crash(node);
    world.wipe(node);
  }

  private void operator(SimNode primary, SimNode replica) {
    if (!run.watchdogRuns()) {
      return;
    }
    switch (run.random.nextInt(3)) {
      case 0 -> {
        run.tell("pause");
        run.pause(true);
        lasting("pause", () -> run.pause(false));
      }
      case 1 -> {
        primary.unsound = true;
        run.tell("unsound settings on " + primary.id);
      }
      default -> {
        run.tell("switchover to " + replica.id);
        run.memory().ask(Request.Kind.SWITCHOVER, replica.id);
      }
    }
  }

  /** A graceful stop: the node has itself fenced, waits a little and stops. */
  private void leave(SimNode node) {
    if (!run.watchdogRuns() || !node.running()) {
      return;
    }
    run.memory().leaves(node.id);
    run.tell(node.id + " says that it stops");
    repairs.add(
        new Repair(
            world.now + 2 + run.random.nextInt(12), "life of " + node.id, () -> crash(node)));
  }
}
