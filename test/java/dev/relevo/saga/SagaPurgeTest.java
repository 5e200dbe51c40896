package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** How old sagas are removed. */
class SagaPurgeTest {
  private final List<Object[]> purges = new ArrayList<>();

  @Test
  void inSmallBatchesUntilNoneIsLeft() throws Exception {
    purge(new ArrayDeque<>(List.of(500, 500, 3, 500)));

    assertThat(purges).hasSize(3).allSatisfy(this::isSmall);
  }

  @Test
  void notForEverAtATime() throws Exception {
    purge(new ArrayDeque<>(Collections.nCopies(1000, 500)));

    assertThat(purges).hasSizeBetween(2, 50).allSatisfy(this::isSmall);
  }

  private void isSmall(Object[] purge) {
    assertThat(purge).containsExactly(Duration.ofHours(72), 500);
  }

  /** Purges once, when the journal has so many to remove at each call. */
  private void purge(Deque<Integer> removed) throws Exception {
    SagaJournal journal =
        (SagaJournal)
            Proxy.newProxyInstance(
                SagaJournal.class.getClassLoader(),
                new Class<?>[] {SagaJournal.class},
                (proxy, method, args) -> {
                  if (!method.getName().equals("purge")) {
                    return method.getReturnType() == List.class ? List.of() : null;
                  }
                  purges.add(args);
                  return removed.pop();
                });
    JournaledSagaService service =
        new JournaledSagaService(journal, SagaSettings.defaults(), new SagaOutcomes() {});
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      service.setCamelContext(context);
      context.start();
      new SagaRecovery(service, "it").purge();
    }
  }
}
