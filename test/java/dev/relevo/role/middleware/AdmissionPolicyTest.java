package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.relevo.http.ProblemException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdmissionPolicyTest {
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger inside = new AtomicInteger();

  @AfterEach
  void letAllEnd() {
    end.countDown();
  }

  private Processor policy(int atOnce, Duration patience) {
    return new AdmissionPolicy(atOnce, patience, Duration.ofSeconds(3))
        .wrap(
            null,
            exchange -> {
              inside.incrementAndGet();
              end.await();
            });
  }

  private CompletableFuture<Void> send(Processor policy) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            policy.process(new DefaultExchange(camel));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task).start());
  }

  @Test
  void theOthersWaitForTheirTurn() {
    Processor policy = policy(2, Duration.ofSeconds(50));
    CompletableFuture<Void> first = send(policy);
    CompletableFuture<Void> second = send(policy);
    await().until(() -> inside.get() == 2);
    CompletableFuture<Void> third = send(policy);
    assertThat(third).isNotDone();
    assertThat(inside).hasValue(2);
    end.countDown();
    CompletableFuture.allOf(first, second, third).join();
    assertThat(inside).hasValue(3);
  }

  @Test
  void whoseTurnDoesNotComeInTimeIsRefusedAndChangesNothing() {
    Processor policy = policy(1, Duration.ofMillis(50));
    send(policy);
    await().until(() -> inside.get() == 1);
    assertThatThrownBy(() -> policy.process(new DefaultExchange(camel)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(503);
              assertThat(e.problem().retryAfterSeconds()).isEqualTo("3");
            });
    assertThat(inside).hasValue(1);
  }

  @Test
  void aFailureGivesItsTurnBack() {
    Processor policy =
        new AdmissionPolicy(1, Duration.ofMillis(50), Duration.ofSeconds(3))
            .wrap(
                null,
                exchange -> {
                  throw new IllegalArgumentException("on purpose");
                });
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> policy.process(new DefaultExchange(camel)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
