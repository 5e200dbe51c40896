package dev.relevo.failover;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.SplittableRandom;

/** A whole simulated pair that lives as long as it is looked at, for tests of what is around it. */
public final class SimulatedPair {
  private final SimWorld world;
  private final SimEngine engine;

  public SimulatedPair() {
    world = new SimWorld(new SplittableRandom(1), SimKind.MYSQL);
    engine = new SimEngine(world);
    engine.disk = world.beginWhole();
  }

  /** A watchdog of this pair. */
  public Watchdog watchdog(FailoverListener listener) {
    Watchdog watchdog =
        new Watchdog(
            engine(),
            router(),
            store(),
            FailoverTimes.defaults(),
            Duration.ofMillis(300),
            false,
            listener);
    world.desk = watchdog::role;
    return watchdog;
  }

  /** Its servers. */
  public Engine engine() {
    return safe(Engine.class);
  }

  /** The way that clients have to them. */
  public Router router() {
    return safe(Router.class);
  }

  /** Its record. */
  public RecordStore store() {
    return safe(RecordStore.class);
  }

  /** The simulation has one thread; a watchdog has several. Time passes with each look. */
  private <T> T safe(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              synchronized (world) {
                if (method.getName().equals("probe") && args[0] == NodeId.A) {
                  world.step();
                }
                try {
                  return method.invoke(engine, args);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }
            }));
  }

  /** The node's server is killed; its supervisor starts it again. */
  public void kill(NodeId node) {
    synchronized (world) {
      world.crash(world.node(node));
    }
  }

  /** The node's server is killed and stays so. */
  public void killForGood(NodeId node) {
    synchronized (world) {
      world.crash(world.node(node));
      world.node(node).wakeAt = Integer.MAX_VALUE;
    }
  }

  /** Whether the pair is what it should be. */
  public boolean whole() {
    synchronized (world) {
      return engine.whole();
    }
  }

  /** Whether clients are let to the node. */
  public boolean routed(NodeId node) {
    synchronized (world) {
      return world.ready[node.ordinal()];
    }
  }
}
