package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class StartingFilterTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final Gate gate = new Gate();

  @AfterEach
  void stop() {
    camel.stop();
  }

  private CompletableFuture<Void> pass(StartingFilter filter, String path) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            MockFilterChain chain = new MockFilterChain();
            filter.doFilter(
                new MockHttpServletRequest("POST", path), new MockHttpServletResponse(), chain);
            assertThat(chain.getRequest()).isNotNull();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aRequestWaitsUntilTheRoutesRunAndTheGateIsOpen() {
    StartingFilter filter = new StartingFilter(camel, gate, "/observe", LONG);
    gate.close("Not yet.");
    CompletableFuture<Void> request = pass(filter, "/orders");
    pass(filter, "/observe/health/ready").join();

    camel.start();
    await()
        .during(Duration.ofMillis(100))
        .atMost(Duration.ofSeconds(5))
        .until(() -> !request.isDone());
    gate.open();

    request.join();
  }

  @Test
  void onceItHasStartedNothingWaits() {
    StartingFilter filter = new StartingFilter(camel, gate, "/observe", LONG);
    camel.start();
    pass(filter, "/orders").join();

    camel.stop();
    pass(filter, "/orders").join();
  }

  @Test
  void whoHasWaitedLongEnoughGoesOn() {
    pass(new StartingFilter(camel, gate, "/observe", Duration.ofMillis(50)), "/orders").join();
    assertThat(camel.isStarted()).isFalse();
  }
}
