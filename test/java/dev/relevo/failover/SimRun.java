package dev.relevo.failover;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One random sequence of faults on a simulated pair, watched by the real loop with the real rules
 * on simulated time; then everything is repaired, and the pair has to become whole by itself.
 */
final class SimRun {
  private static final int FAULTS_UNTIL = 90;
  private static final int WHOLE_WITHIN = 500;

  /** The defaults, made shorter in about the same proportions. */
  static final FailoverTimes TIMES =
      new FailoverTimes(
          3, steps(12), steps(12), steps(4), steps(6), steps(6), steps(10), steps(10), steps(10),
          steps(20), steps(30), steps(40));

  /** What a test breaks on purpose. */
  record Broken(
      FailoverDecision decision,
      UnaryOperator<Snapshot> snapshot,
      UnaryOperator<PairRecord> record,
      UnaryOperator<PairRecord> written,
      boolean deskFences) {
    static final Broken NOTHING =
        new Broken(
            new FailoverDecision(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            true);
  }

  final SplittableRandom random;
  final SimWorld world;
  final SimEngine engine;
  final Broken broken;
  final Set<Action> actions = EnumSet.noneOf(Action.class);
  final Set<String> rules = new java.util.HashSet<>();
  final Deque<String> story = new ArrayDeque<>();
  boolean tells;
  private final Deque<Runnable> late = new ArrayDeque<>();
  private Watch watch;
  private Memory memory;
  private RecordKeeper keeper;
  private int watchdogBackAt;
  private long failovers;

  SimRun(long seed, SimKind kind, Broken broken) {
    random = new SplittableRandom(seed);
    world = new SimWorld(random, kind);
    engine = new SimEngine(world);
    this.broken = broken;
  }

  private static Duration steps(int n) {
    return Duration.ofMillis(n * 100L);
  }

  /** Runs the sequence; returns the number of acknowledged writes. */
  int run() {
    startWatchdog();
    if (random.nextInt(10) > 0) {
      engine.disk = world.beginWhole();
    } else {
      supervise(WHOLE_WITHIN);
    }
    FaultWalk faults = new FaultWalk(this, FAULTS_UNTIL);
    int until = world.now + FAULTS_UNTIL;
    while (world.now < until) {
      faults.step();
      step();
    }
    faults.repair();
    engine.killed = 0;
    engine.failing = 0;
    supervise(WHOLE_WITHIN);
    world.check(
        world.node(engine.disk.primary()), world.node(engine.disk.primary()).log, "at the end");
    return world.acknowledgedCount;
  }

  /** How many writes are acknowledged on a whole pair in some time after something happened. */
  int acknowledgedAfter(Consumer<SimNode> toPrimary, Consumer<SimNode> toReplica, int steps) {
    startWatchdog();
    engine.disk = world.beginWhole();
    toPrimary.accept(world.node(engine.disk.primary()));
    toReplica.accept(world.node(engine.disk.primary().peer()));
    int before = world.acknowledgedCount;
    int until = world.now + steps;
    while (world.now < until) {
      step();
    }
    return world.acknowledgedCount - before;
  }

  private void supervise(int limit) {
    int until = world.now + limit;
    while (!engine.whole()) {
      if (world.now > until) {
        throw new SimWorld.Violation("not whole again by itself: " + engine.disk + ", " + last);
      }
      step();
    }
  }

  Decision last;

  void step() {
    world.step();
    if (watch == null) {
      if (world.now >= watchdogBackAt) {
        startWatchdog();
      }
      return;
    }
    try {
      int ticks = random.nextInt(4) == 0 ? 2 : 1;
      for (int i = 0; i < ticks && watch != null; i++) {
        tick();
      }
    } catch (SimEngine.Killed e) {
      killWatchdog();
    }
  }

  private void tick() {
    Tick tick = watch.probe();
    answerLate();
    if (random.nextInt(4) == 0) {
      world.step();
      if (watch == null) {
        return;
      }
    }
    Decision decision = decide(tick);
    last = decision;
    rules.add(decision.rule());
    actions.add(decision.action());
    if (tells) {
      tell(
          decision.state()
              + " "
              + decision.diagnosis()
              + " "
              + decision.rule()
              + " "
              + decision.target());
    }
    Event event = watch.execute(tick, decision);
    if (decision.action() == Action.RECORD_PROMOTION && event.failure().isEmpty()) {
      failovers++;
    }
  }

  /** A server answers at once, or so late that the answer is taken a round later. */
  private void later(Runnable probe) {
    if (random.nextInt(12) == 0) {
      late.add(probe);
    } else {
      probe.run();
    }
  }

  private void answerLate() {
    while (!late.isEmpty()) {
      late.poll().run();
    }
  }

  private Decision decide(Tick tick) {
    if (tick.snapshot().isEmpty() || broken == Broken.NOTHING) {
      return watch.decide(tick);
    }
    Decision decision =
        broken
            .decision()
            .decide(
                broken.snapshot().apply(tick.snapshot().get()),
                broken.record().apply(tick.record()));
    return new Decision(
        decision.rule(),
        decision.state(),
        decision.diagnosis(),
        decision.action(),
        decision.target(),
        decision.sentence(),
        decision.next().map(broken.written()));
  }

  void tell(String what) {
    story.add(world.now + " " + what);
  }

  long failovers() {
    return failovers;
  }

  void startWatchdog() {
    engine.restart();
    Time time =
        new Time() {
          @Override
          public long nanos() {
            return world.now * 100_000_000L;
          }

          @Override
          public long millis() {
            return world.now * 100L;
          }
        };
    keeper = new RecordKeeper(engine);
    memory = new Memory(TIMES, time);
    watch =
        new Watch(
            engine,
            engine,
            keeper,
            memory,
            engine,
            TIMES,
            broken.decision(),
            time,
            this::later,
            Duration.ZERO,
            false);
    RoleDesk desk = new RoleDesk(keeper, broken.deskFences() ? engine : new NoFence(engine), time);
    world.desk = (node, data) -> answer(desk, node, data);
  }

  private RoleAnswer answer(RoleDesk desk, NodeId node, RoleAnswer.Data data) {
    try {
      RoleAnswer answer = desk.answer(node, data);
      if (tells) {
        tell(node + " has " + data + " and is told " + answer);
      }
      return answer;
    } catch (RecordException e) {
      throw new NoRoleException(e.getMessage());
    } catch (SimEngine.Killed e) {
      killWatchdog();
      throw new NoRoleException("killed");
    }
  }

  void killWatchdog() {
    if (tells) {
      tell("watchdog killed");
    }
    watch = null;
    memory = null;
    keeper = null;
    world.desk = null;
    watchdogBackAt = world.now + 1 + random.nextInt(20);
  }

  boolean watchdogRuns() {
    return watch != null;
  }

  Memory memory() {
    return memory;
  }

  void pause(boolean now) {
    if (keeper == null) {
      return;
    }
    Version version;
    try {
      version = keeper.current();
      if (version.record().isPresent()) {
        keeper.replace(version, version.record().get().paused(now));
      }
    } catch (RecordException e) {
      tell("pause failed");
    } catch (SimEngine.Killed e) {
      killWatchdog();
    }
  }

  /** A router that never fences, for a role desk that is broken on purpose. */
  private record NoFence(Router router) implements Router {
    @Override
    public State state() {
      return router.state();
    }

    @Override
    public void route(NodeId node) {
      router.route(node);
    }

    @Override
    public void fence(NodeId node) {
      // left out on purpose
    }
  }
}
