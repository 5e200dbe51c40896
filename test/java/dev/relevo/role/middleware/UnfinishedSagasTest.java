package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.relevo.saga.JournalUnavailableException;
import dev.relevo.saga.MemorySagaJournal;
import dev.relevo.saga.SagaJournal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How often the journal is asked for what everybody may ask. */
class UnfinishedSagasTest {
  private final SagaJournal memory = new MemorySagaJournal();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicBoolean away = new AtomicBoolean();
  private final UnfinishedSagas unfinished = new UnfinishedSagas(journal());

  /** The journal in memory, whose calls are counted, and which can be away. */
  private SagaJournal journal() {
    return (SagaJournal)
        Proxy.newProxyInstance(
            SagaJournal.class.getClassLoader(),
            new Class<?>[] {SagaJournal.class},
            (proxy, method, args) -> {
              asked.incrementAndGet();
              if (away.get()) {
                throw new JournalUnavailableException("away", null);
              }
              try {
                return method.invoke(memory, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void howeverManyAskTheJournalIsAskedOnceASecond() {
    IntStream.range(0, 200).parallel().forEach(i -> unfinished.latest());

    assertThat(asked)
        .as("unfinished and oldest, once or twice each")
        .hasValueLessThanOrEqualTo(4)
        .hasValueGreaterThanOrEqualTo(2);
    await()
        .until(
            () -> {
              unfinished.latest();
              return asked.get() >= 6;
            });
  }

  @Test
  void aJournalThatIsAwayIsNotAskedMoreOftenAndItsReturnIsSeen() {
    away.set(true);
    for (int i = 0; i < 200; i++) {
      assertThatThrownBy(unfinished::latest).isInstanceOf(JournalUnavailableException.class);
    }
    assertThat(asked).hasValueLessThanOrEqualTo(2);

    away.set(false);
    await()
        .ignoreException(JournalUnavailableException.class)
        .until(() -> unfinished.latest().byName().isEmpty());
  }
}
