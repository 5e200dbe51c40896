package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@Timeout(60)
class AdmissionFilterTest {
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger inside = new AtomicInteger();
  private final FilterChain slow =
      (request, response) -> {
        inside.incrementAndGet();
        try {
          end.await();
        } catch (InterruptedException e) {
          throw new ServletException(e);
        } finally {
          inside.decrementAndGet();
        }
      };

  @AfterEach
  void letAllEnd() {
    end.countDown();
  }

  private static MockHttpServletResponse send(
      AdmissionFilter filter, String method, FilterChain chain) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    try {
      filter.doFilter(new MockHttpServletRequest(method, "/orders"), response, chain);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return response;
  }

  @Test
  void theOthersWaitForTheirTurn() {
    AdmissionFilter filter = new AdmissionFilter(2, Duration.ofSeconds(50), Duration.ofSeconds(3));
    List<CompletableFuture<MockHttpServletResponse>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      answers.add(CompletableFuture.supplyAsync(() -> send(filter, "POST", slow), this::inThread));
    }
    await().until(() -> inside.get() == 2);
    await().during(Duration.ofMillis(300)).until(() -> inside.get() == 2);

    end.countDown();

    assertThat(answers).allSatisfy(a -> assertThat(a.join().getStatus()).isEqualTo(200));
  }

  @Test
  void whoseTurnDoesNotComeIsAskedToComeBack() throws Exception {
    AdmissionFilter filter = new AdmissionFilter(1, Duration.ofMillis(100), Duration.ofSeconds(3));
    inThread(() -> send(filter, "POST", slow));
    await().until(() -> inside.get() == 1);

    MockHttpServletResponse refused = send(filter, "POST", slow);

    assertThat(refused.getStatus()).isEqualTo(503);
    assertThat(refused.getContentType()).isEqualTo("application/problem+json");
    assertThat(refused.getHeader("Retry-After")).isEqualTo("3");
    assertThat(refused.getContentAsString())
        .contains("urn:relevo:problem:unavailable", "nothing was begun");
  }

  @Test
  void readersDoNotWait() {
    AdmissionFilter filter = new AdmissionFilter(1, Duration.ZERO, Duration.ofSeconds(3));
    inThread(() -> send(filter, "POST", slow));
    await().until(() -> inside.get() == 1);

    assertThat(send(filter, "GET", (request, response) -> {}).getStatus()).isEqualTo(200);
  }

  @Test
  void aFailureGivesTheTurnBack() {
    AdmissionFilter filter = new AdmissionFilter(1, Duration.ZERO, Duration.ofSeconds(3));
    FilterChain failing =
        (request, response) -> {
          throw new ServletException("broken");
        };
    assertThatThrownBy(() -> send(filter, "POST", failing)).hasRootCauseMessage("broken");

    assertThat(send(filter, "POST", (request, response) -> {}).getStatus()).isEqualTo(200);
  }

  private void inThread(Runnable work) {
    Thread thread = new Thread(work, "request");
    thread.setDaemon(true);
    thread.start();
  }
}
