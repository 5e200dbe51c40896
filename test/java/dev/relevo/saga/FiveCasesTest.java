package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a saga of three steps does in each of the five cases. */
class FiveCasesTest {
  private final Participants participants = new Participants();
  private JournaledSagaService service;
  private SagaApp app;

  JournaledSagaService newService() {
    return new JournaledSagaService(new MemorySagaJournal(), SagaApp.quick(), SagaApp.outcomes());
  }

  @BeforeEach
  void start() {
    service = newService();
    app = SagaApp.start(service, SagaApp.orders(participants));
  }

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void allStepsSucceed() {
    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException()).isNull();
    assertThat(answer.getMessage().getBody()).isEqualTo("done one");
    assertThat(answer.getMessage().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION)).isNull();
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(only().answer()).isEqualTo(new StoredAnswer(200, "text/plain", "done one"));
  }

  @Test
  void theLastStepFailsAndTheOthersAreUndoneInReverse() {
    participants.on("report", Participants.fail("report is ill"));

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("report is ill");
    assertThat(participants.events())
        .containsExactly(
            "stock #1", "create #2", "undo report #3", "undo create #2", "undo stock #1");
    assertThat(only().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(only().reason()).isEqualTo("IllegalStateException: report is ill");
    assertThat(only().answer()).isNull();
  }

  @Test
  void theFirstStepIsRefusedAndTheAnswerIsKept() {
    participants.on("stock", Participants.refuse("none left"));

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException()).isExactlyInstanceOf(Participants.Refusal.class);
    assertThat(participants.events()).containsExactly("undo stock #1");
    assertThat(only().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(only().answer()).isEqualTo(new StoredAnswer(409, "text/plain", "none left"));
  }

  private Saga only() {
    assertThat(service.list(null, 10, null)).hasSize(1);
    return service.list(null, 10, null).get(0);
  }
}
