package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a slow answer is taken for. */
class ProbesTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<NodeState> slow = new LinkedBlockingQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final NodeState first = new NodeState.Silent("first");
  private final NodeState second = new NodeState.Silent("second");
  private final Probes probes = new Probes(engine(), threads);

  /** A's answers come when the test says so, B's at once. */
  private Engine engine() {
    return (Engine)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Engine.class},
            (proxy, method, args) -> {
              if (args[0] == NodeId.B) {
                return new NodeState.Silent("b");
              }
              asked.incrementAndGet();
              NodeState state = slow.take();
              answered.incrementAndGet();
              return state;
            });
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private NodeState look(long world) {
    Map<NodeId, Duration> patience = new EnumMap<>(NodeId.class);
    patience.put(NodeId.A, Duration.ofMillis(5));
    patience.put(NodeId.B, Duration.ofSeconds(10));
    Map<NodeId, NodeState> states = probes.look(world, patience);
    assertThat(states.get(NodeId.B)).isEqualTo(new NodeState.Silent("b"));
    return states.get(NodeId.A);
  }

  private static boolean tooLate(NodeState state) {
    return state instanceof NodeState.Silent silent && silent.reason().startsWith("no answer");
  }

  @Test
  void anAnswerThatComesLateIsTakenLater() {
    assertThat(tooLate(look(1))).isTrue();
    assertThat(tooLate(look(1))).isTrue();
    slow.add(first);
    await().until(() -> look(1).equals(first));
    assertThat(asked.get()).as("one question is out at a time").isEqualTo(1);
  }

  @Test
  void notIfSomethingWasDoneMeanwhile() {
    assertThat(tooLate(look(1))).isTrue();
    slow.add(first);
    await().until(() -> answered.get() == 1);
    assertThat(tooLate(look(2))).as("it is asked anew").isTrue();
    slow.add(second);
    await().until(() -> look(2).equals(second));
    assertThat(asked.get()).isEqualTo(2);
  }

  @Test
  void oneThatIsStillOutThenIsWaitedForAndVoid() {
    assertThat(tooLate(look(1))).isTrue();
    assertThat(tooLate(look(2))).isTrue();
    assertThat(asked.get()).isEqualTo(1);
    slow.add(first);
    slow.add(second);
    await()
        .until(
            () -> {
              NodeState state = look(2);
              assertThat(state).isNotEqualTo(first);
              return state.equals(second);
            });
  }
}
