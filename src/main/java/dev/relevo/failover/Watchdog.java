package dev.relevo.failover;

import dev.relevo.failover.NodeState.Up;
import dev.relevo.failover.RoleAnswer.Data;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The watchdog of one pair: the steps of its loop, which a route calls one after the other, and
 * what nodes and operators ask it for. Safe to kill at any moment.
 */
public final class Watchdog implements AutoCloseable {
  private static final int MOST_STEPS = 30;
  private static final Set<Action> SOON =
      EnumSet.of(Action.WAIT_DRAINED, Action.WAIT_CAUGHT_UP, Action.WAIT_CONFIRMED);

  private final Engine engine;
  private final Router router;
  private final RecordKeeper keeper;
  private final Memory memory;
  private final RoleDesk desk;
  private final Watch watch;
  private final Time time;
  private final ExecutorService threads;
  private final EventLog log;
  private final FailoverTimer timer = new FailoverTimer();
  private final ZeroLossShare zeroLoss;
  private final FailoverListener listener;
  private final Map<NodeId, Up> lastSeen = new EnumMap<>(NodeId.class);
  private Tick tick;
  private Event event;
  private int steps;

  /**
   * @param engine the servers; closed with this
   * @param router the way that clients have to them
   * @param store where the record is kept
   * @param times how long to wait before something is believed
   * @param probePatience how long a round of the loop waits for a server's answer, which may come
   *     later
   * @param dryRun whether to decide, and tell, and do nothing
   * @param listener is told of each failover
   */
  public Watchdog(
      Engine engine,
      Router router,
      RecordStore store,
      FailoverTimes times,
      Duration probePatience,
      boolean dryRun,
      FailoverListener listener) {
    this.engine = engine;
    this.router = router;
    this.time = Time.SYSTEM;
    this.listener = listener;
    this.keeper = new RecordKeeper(store);
    this.memory = new Memory(times, time);
    this.desk = new RoleDesk(keeper, router, time);
    this.zeroLoss = new ZeroLossShare(time.nanos());
    this.log = new EventLog(engine.traits().name());
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "watchdog-" + engine.traits().name());
              thread.setDaemon(true);
              return thread;
            });
    this.watch =
        new Watch(
            engine,
            router,
            keeper,
            memory,
            new ThreadedHeartbeat(engine, threads, time),
            times,
            new FailoverDecision(),
            time,
            threads,
            probePatience,
            dryRun);
  }

  // -- the loop ----------------------------------------------------------------------------------

  /** A new round: the first step is always taken. */
  public synchronized void begin() {
    steps = 0;
  }

  /**
   * Whether the next step is worth taking at once: the last one has changed something, or waits for
   * something that takes moments. A failover takes ten steps, and its clients wait for each.
   */
  public synchronized boolean goesOn() {
    if (steps == 0) {
      return true;
    }
    Action action = event.decision().action();
    boolean changed = (action.isAct() || action.isRecord()) && !event.dryRun();
    return steps < MOST_STEPS && event.failure().isEmpty() && (changed || SOON.contains(action));
  }

  /** Looks at the record, the servers and the router. */
  public Tick probe() {
    return watch.probe();
  }

  /** Decides what to do about it. */
  public Step decide(Tick tick) {
    return new Step(tick, watch.decide(tick));
  }

  /** Does it. */
  public Step execute(Step step) {
    return step.done(watch.execute(step.tick(), step.decision()));
  }

  /** Tells it, counts it, and lets those know who wait for it. */
  public synchronized void publish(Step step) {
    Event done = step.event();
    long now = time.nanos();
    log.add(done);
    step.tick().snapshot().ifPresent(snapshot -> remember(snapshot));
    zeroLoss.take(zeroLossInForce(step), now);
    timer
        .take(done, quiet(step.tick()), now)
        .ifPresent(phases -> listener.over(Failover.of(done, phases)));
    if (done.decision().action() == Action.RECORD_PROMOTION
        && done.failure().isEmpty()
        && !done.dryRun()) {
      listener.failover();
    }
    steps++;
    boolean repeated =
        event != null
            && event.decision().rule().equals(done.decision().rule())
            && event.decision().target() == done.decision().target();
    if (repeated && !SOON.contains(done.decision().action())) {
      steps = MOST_STEPS;
    }
    tick = step.tick();
    event = done;
    notifyAll();
  }

  private void remember(Snapshot snapshot) {
    snapshot
        .nodes()
        .forEach(
            (node, view) -> {
              if (view.state() instanceof Up up) {
                lastSeen.put(node, up);
              }
            });
  }

  private static boolean zeroLossInForce(Step step) {
    return step.tick().snapshot().isPresent()
        && step.tick().record().peerInSync()
        && step.decision().state() == PairState.WHOLE
        && step.decision().diagnosis() != Diagnosis.ZERO_LOSS_OFF;
  }

  private static Duration quiet(Tick tick) {
    return tick.snapshot()
        .map(
            snapshot -> {
              Duration silent = snapshot.nodes().get(tick.record().primary()).silentFor();
              Duration asked = snapshot.request().map(Request::since).orElse(Duration.ZERO);
              return silent.compareTo(asked) > 0 ? silent : asked;
            })
        .orElse(Duration.ZERO);
  }

  // -- nodes -------------------------------------------------------------------------------------

  /**
   * What a node is, said before it starts its server.
   *
   * @throws NoRoleException if there is no answer now
   * @throws RecordException if the record can't be read or written
   */
  public RoleAnswer role(NodeId node, Data data) {
    return desk.answer(node, data);
  }

  /**
   * A node is about to stop: clients are kept from it first, and if its peer has everything, that
   * takes over.
   *
   * @param patience how long to wait for that
   * @return whether the node can stop without a client noticing more than a moment's wait
   */
  public boolean leaves(NodeId node, Duration patience) {
    memory.leaves(node);
    return await(patience, () -> hasLeft(node));
  }

  private boolean hasLeft(NodeId node) {
    if (tick == null || tick.snapshot().isEmpty() || !memory.leaving().contains(node)) {
      return false;
    }
    Facts facts = new Facts(tick.snapshot().get(), tick.record());
    if (node == facts.replica) {
      return facts.fenced(node) && !facts.record.peerInSync() && !facts.zeroLossOn();
    }
    return facts.fenced(node) && event.decision().action().isHold();
  }

  private synchronized boolean await(Duration patience, BooleanSupplier condition) {
    long deadline = time.nanos() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      long left = deadline - time.nanos();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  // -- operators ---------------------------------------------------------------------------------

  /**
   * Asks for the peer to become the primary, if nothing is lost by it.
   *
   * @throws IllegalStateException if there is no record, or the node is the primary already
   */
  public void switchover(NodeId target) {
    requireOther(target);
    memory.ask(Request.Kind.SWITCHOVER, target);
  }

  /**
   * Asks for a node to become the primary whatever is lost by it; without a record, begins one that
   * names it.
   *
   * @throws IllegalStateException if the node is the primary already
   */
  public void force(NodeId target) {
    if (record().isEmpty()) {
      desk.begin(target);
      return;
    }
    requireOther(target);
    memory.ask(Request.Kind.FORCE, target);
  }

  /** What {@link #force} may lose now, in a sentence; empty if nothing. */
  public synchronized Optional<String> atRisk(NodeId target) {
    Optional<PairRecord> record = record();
    if (record.isEmpty()) {
      return Optional.of(
          "Nobody knows which node has the latest writes: what "
              + target.peer()
              + " has and "
              + target
              + " has not is thrown away.");
    }
    if (record.get().peerInSync() && tick != null && tick.snapshot().isPresent()) {
      Facts facts = new Facts(tick.snapshot().get(), record.get());
      if (facts.r.isPresent() && facts.promiseHolds() && facts.drained()) {
        return Optional.empty();
      }
    }
    Up old = lastSeen.get(target.peer());
    Up next = lastSeen.get(target);
    if (old == null || next == null) {
      return Optional.of(
          "How much %s has that %s lacks is not known; it is thrown away when %1$s comes back."
              .formatted(target.peer(), target));
    }
    Position held = next.replication().map(NodeState.Replication::received).orElse(next.end());
    return Optional.of(
        "%s was last seen to hold %s, and %s to have %s: at least %d %s are thrown away when %1$s comes back, and whatever it took since."
            .formatted(
                target.peer(),
                old.end(),
                target,
                held,
                held.behind(old.end()),
                engine.traits().lagUnit()));
  }

  private void requireOther(NodeId target) {
    PairRecord record =
        record().orElseThrow(() -> new IllegalStateException("There is no record of this pair."));
    if (record.primary() == target) {
      throw new IllegalStateException("Node " + target + " is the primary already.");
    }
  }

  /**
   * Makes the watchdog do nothing, or no longer; kept on record.
   *
   * @throws IllegalStateException if there is no record
   */
  public void pause(boolean paused) {
    while (true) {
      Version version = keeper.current();
      PairRecord record =
          version
              .record()
              .orElseThrow(() -> new IllegalStateException("There is no record of this pair."));
      if (record.paused() == paused || keeper.replace(version, record.paused(paused))) {
        return;
      }
    }
  }

  // -- what there is to see ----------------------------------------------------------------------

  /** The record in force, empty if there has never been one or it can't be read. */
  public Optional<PairRecord> record() {
    try {
      return keeper.current().record();
    } catch (RecordException e) {
      return Optional.empty();
    }
  }

  /** What the last step found, decided and did; empty before the first. */
  public synchronized Optional<Step> latest() {
    return event == null ? Optional.empty() : Optional.of(new Step(tick, event.decision(), event));
  }

  /** The events after a number, the oldest first, at most so many. */
  public List<LoggedEvent> eventsAfter(long number, int limit) {
    return log.after(number, limit);
  }

  /** For what share of the time since the start zero loss was in force, from 0 to 1. */
  public double zeroLossShare() {
    return zeroLoss.share();
  }

  /** What is true of the engine. */
  public EngineTraits traits() {
    return engine.traits();
  }

  /** Stops the threads and closes the connections; the loop must have stopped. */
  @Override
  public void close() {
    threads.shutdownNow();
    engine.close();
  }
}
