package dev.relevo.failover;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at both nodes at once, and doesn't let one that is dead or stopped hold up what has to be
 * done to the other. An answer that comes late is taken in a later round, unless something was done
 * or said since the question: then it tells of a world that is gone.
 */
final class Probes {
  private final Engine engine;
  private final Executor threads;
  private final Map<NodeId, Call> out = new EnumMap<>(NodeId.class);

  Probes(Engine engine, Executor threads) {
    this.engine = engine;
    this.threads = threads;
  }

  /** A question that is out. */
  private record Call(CompletableFuture<NodeState> answer, long world) {}

  /**
   * Asks whom no question of this world is out to, and waits a while for the answers.
   *
   * @param world changes with whatever makes an earlier answer void
   * @param patience how long to wait for each node
   */
  Map<NodeId, NodeState> look(long world, Map<NodeId, Duration> patience) {
    for (NodeId node : NodeId.values()) {
      Call call = out.get(node);
      if (call == null || call.answer().isDone() && call.world() != world) {
        out.put(
            node,
            new Call(CompletableFuture.supplyAsync(() -> engine.probe(node), threads), world));
      }
    }
    Map<NodeId, NodeState> states = new EnumMap<>(NodeId.class);
    for (NodeId node : NodeId.values()) {
      states.put(node, answer(node, world, patience.get(node)));
    }
    return states;
  }

  private NodeState answer(NodeId node, long world, Duration patience) {
    Call call = out.get(node);
    try {
      NodeState state = call.answer().get(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (call.world() != world) {
        return new NodeState.Silent("its answer came too late to be true");
      }
      out.remove(node);
      return state;
    } catch (TimeoutException e) {
      return new NodeState.Silent("no answer within " + patience.toMillis() + " ms");
    } catch (ExecutionException | CompletionException e) {
      out.remove(node);
      return new NodeState.Silent(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new NodeState.Silent("the watchdog is being stopped");
    }
  }
}
