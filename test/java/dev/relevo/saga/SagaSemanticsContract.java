package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Camel documents of sagas, and what this service adds, whatever the journal. */
abstract class SagaSemanticsContract {
  private final Participants participants = new Participants();
  private final Map<String, Map<String, Object>> headers = new ConcurrentHashMap<>();
  private SagaJournal journal;
  private JournaledSagaService service;
  private SagaApp app;

  abstract SagaJournal empty() throws Exception;

  @BeforeEach
  void start() throws Exception {
    start(SagaApp.quick());
  }

  private void start(SagaSettings settings) throws Exception {
    journal = empty();
    service = new JournaledSagaService(journal, settings, SagaApp.outcomes());
    app = SagaApp.start(service, SagaApp.orders(participants));
  }

  private void restart(String number, Object value) throws Exception {
    app.close();
    start(SagaApp.with(SagaApp.quick(), number, value));
  }

  @AfterEach
  void stop() {
    app.close();
  }

  // The five cases.

  @Test
  void allStepsSucceed() {
    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException()).isNull();
    assertThat(answer.getMessage().getBody()).isEqualTo("done one");
    assertThat(answer.getMessage().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION)).isNull();
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(only().answer()).isEqualTo(new StoredAnswer(200, "text/plain", "done one"));
    assertThat(service.unfinished()).isEmpty();
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
    assertThat(only().enlistments()).extracting(Enlistment::done).containsOnly(true);
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

  @Test
  void aSkippedStepIsNotUndone() throws Exception {
    route(
        "from-skipping",
        builder ->
            builder
                .from("direct:skipping")
                .saga()
                .to("direct:stock")
                .choice()
                .when(builder.simple("${body} == 'all'"))
                .to("direct:create")
                .end()
                .to("direct:report")
                .end());
    participants.on("report", Participants.fail("report is ill"));

    app.send("direct:skipping", "some");

    assertThat(participants.events())
        .containsExactly("stock #1", "undo report #2", "undo stock #1");
  }

  @Test
  void anErrorIsUndoneLikeAnyFailure() {
    participants.on(
        "create",
        exchange -> {
          throw new NullPointerException();
        });

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException()).isExactlyInstanceOf(NullPointerException.class);
    assertThat(participants.events())
        .containsExactly("stock #1", "undo create #2", "undo stock #1");
    assertThat(only().reason()).isEqualTo("NullPointerException");
  }

  // Propagation.

  @Test
  void requiredJoinsWhatIsThereAndBeginsWhatIsNot() throws Exception {
    enlisting("inner", SagaPropagation.REQUIRED);
    route("outer", b -> b.from("direct:outer").saga().to("direct:inner").to("direct:stock").end());

    app.send("direct:outer", "x");
    assertThat(service.list(null, 10, null)).hasSize(1);
    assertThat(only().enlistments()).hasSize(2);

    app.send("direct:inner", "x");
    assertThat(service.list(null, 10, null)).hasSize(2);
  }

  @Test
  void requiresNewEndsOnItsOwnAndGivesTheOuterOneBack() throws Exception {
    enlisting("inner", SagaPropagation.REQUIRES_NEW);
    route(
        "outer",
        b ->
            b.from("direct:outer")
                .saga()
                .to("direct:stock")
                .process(seen("before"))
                .to("direct:inner")
                .process(seen("after"))
                .to("direct:report")
                .end());
    participants.on("report", Participants.fail("report is ill"));

    app.send("direct:outer", "x");

    assertThat(headers.get("after").get(Exchange.SAGA_LONG_RUNNING_ACTION))
        .isNotNull()
        .isEqualTo(headers.get("before").get(Exchange.SAGA_LONG_RUNNING_ACTION));
    assertThat(participants.events())
        .containsExactly("stock #1", "inner #1", "undo report #2", "undo stock #1");
    assertThat(service.list(SagaState.COMPLETED, 10, null)).hasSize(1);
    assertThat(service.list(SagaState.COMPENSATED, 10, null)).hasSize(1);
  }

  @Test
  void requiresNewThatFailsIsUndoneBeforeTheOuterOne() throws Exception {
    enlisting("inner", SagaPropagation.REQUIRES_NEW);
    route("outer", b -> b.from("direct:outer").saga().to("direct:stock").to("direct:inner").end());
    participants.on("inner", Participants.fail("inner is ill"));

    Exchange answer = app.send("direct:outer", "x");

    assertThat(answer.getException()).hasMessage("inner is ill");
    assertThat(participants.events()).containsExactly("stock #1", "undo inner #1", "undo stock #1");
    assertThat(service.list(SagaState.COMPENSATED, 10, null)).hasSize(2);
  }

  @Test
  void mandatoryNeedsASaga() {
    Exchange answer = app.send("direct:stock", "x");

    assertThat(answer.getException()).isExactlyInstanceOf(CamelExchangeException.class);
    assertThat(participants.events()).isEmpty();
  }

  @Test
  void mandatoryTakesNoSagaOutOfTheAir() {
    for (String made : List.of("x", "../../etc", java.util.UUID.randomUUID().toString())) {
      Exchange answer =
          app.send(
              "direct:stock",
              e -> e.getMessage().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, made));

      assertThat(answer.getException()).isExactlyInstanceOf(CamelExchangeException.class);
    }
    assertThat(participants.events()).isEmpty();
  }

  @Test
  void supportsJoinsASagaAndDoesWithoutOne() throws Exception {
    enlisting("inner", SagaPropagation.SUPPORTS);
    route("outer", b -> b.from("direct:outer").saga().to("direct:inner").to("direct:report").end());
    participants.on("report", Participants.fail("report is ill"));

    app.send("direct:inner", "x");
    assertThat(service.list(null, 10, null)).isEmpty();
    app.send("direct:outer", "x");

    assertThat(participants.events())
        .containsExactly("inner #null", "inner #1", "undo report #2", "undo inner #1");
  }

  @Test
  void notSupportedLeavesTheSagaOutsideAndGivesItBack() throws Exception {
    route(
        "inner",
        b ->
            b.from("direct:inner")
                .saga()
                .propagation(SagaPropagation.NOT_SUPPORTED)
                .process(seen("inside"))
                .end());
    route(
        "outer",
        b ->
            b.from("direct:outer")
                .saga()
                .process(seen("before"))
                .to("direct:inner")
                .process(seen("after"))
                .end());

    app.send("direct:outer", "x");

    assertThat(headers.get("inside")).doesNotContainKey(Exchange.SAGA_LONG_RUNNING_ACTION);
    assertThat(headers.get("after").get(Exchange.SAGA_LONG_RUNNING_ACTION))
        .isEqualTo(headers.get("before").get(Exchange.SAGA_LONG_RUNNING_ACTION));
  }

  @Test
  void neverRefusesToBePartOfASaga() throws Exception {
    route(
        "inner",
        b ->
            b.from("direct:inner")
                .saga()
                .propagation(SagaPropagation.NEVER)
                .process(participants.named("inner"))
                .end());
    route("outer", b -> b.from("direct:outer").saga().to("direct:stock").to("direct:inner").end());

    assertThat(app.send("direct:inner", "x").getException()).isNull();
    assertThat(app.send("direct:outer", "x").getException())
        .isExactlyInstanceOf(CamelExchangeException.class);
    assertThat(participants.events()).containsExactly("inner #null", "stock #1", "undo stock #1");
  }

  // Completion.

  @Test
  void completionsAreCalledInReverseAndBeforeTheExchangeGoesOn() throws Exception {
    completing("a");
    completing("b");
    route("outer", b -> b.from("direct:outer").saga().to("direct:a").to("direct:b").end());

    app.send("direct:outer", "x");

    assertThat(participants.events()).containsExactly("a #1", "b #2", "done b #2", "done a #1");
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(only().isOpen()).isFalse();
  }

  @Test
  void aCompletionThatFailsIsRepeatedAndTheSagaStaysCompleted() throws Exception {
    completing("a");
    route("outer", b -> b.from("direct:outer").saga().to("direct:a").end());
    participants.on("done a", Participants.fail("not now"));

    Exchange answer = app.send("direct:outer", "x");

    assertThat(answer.getException()).isNull();
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(only().isOpen()).isTrue();
    participants.heal("done a");
    await().until(() -> !only().isOpen());
    assertThat(participants.events()).containsExactly("a #1", "done a #1");
    assertThat(only().enlistments().get(0).lastError()).contains("not now");
  }

  @Test
  void aManualSagaStaysOpenUntilItIsCompleted() throws Exception {
    manual();
    String id = begunByHand();

    Exchange answer = app.send("direct:finish", withSaga(id));

    assertThat(answer.getException()).isNull();
    assertThat(service.find(id).orElseThrow().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(participants.events()).containsExactly("stock #1");
  }

  @Test
  void aManualSagaStaysOpenUntilItIsCompensated() throws Exception {
    manual();
    String id = begunByHand();

    assertThat(app.send("direct:abort", withSaga(id)).getException()).isNull();

    assertThat(service.find(id).orElseThrow().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(participants.events()).containsExactly("stock #1", "undo stock #1");
    assertThat(app.send("direct:abort", withSaga(id)).getException()).isNull();
    assertThat(app.send("direct:finish", withSaga(id)).getException())
        .hasRootCauseMessage("Saga " + id + " is not running any more");
    assertThat(participants.events()).hasSize(2);
  }

  @Test
  void aCompletedSagaIsNotCompensated() throws Exception {
    manual();
    String id = begunByHand();
    app.send("direct:finish", withSaga(id));

    assertThat(app.send("direct:abort", withSaga(id)).getException())
        .hasRootCauseMessage("Saga " + id + " is COMPLETED");
    assertThat(app.send("direct:finish", withSaga(id)).getException()).isNull();
    assertThat(app.send("direct:stock", withSaga(id)).getException())
        .hasMessage("Saga " + id + " is not running any more");
    assertThat(participants.events()).containsExactly("stock #1");
  }

  @Test
  void aFailureThatIsHandledInsideCompletesTheSaga() throws Exception {
    route(
        "outer",
        b ->
            b.from("direct:outer")
                .saga()
                .to("direct:stock")
                .doTry()
                .to("direct:report")
                .doCatch(IllegalStateException.class)
                .end()
                .to("direct:create")
                .end());
    participants.on("report", Participants.fail("report is ill"));

    assertThat(app.send("direct:outer", "x").getException()).isNull();

    assertThat(participants.events()).containsExactly("stock #1", "create #3");
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
  }

  // Options.

  @Test
  void optionsAreWhatTheyWereAtEnlistmentAlsoWhenAStepJoinsTwice() throws Exception {
    route(
        "outer",
        b ->
            b.from("direct:outer")
                .saga()
                .to("direct:kept")
                .setBody(b.constant("second"))
                .to("direct:kept")
                .setBody(b.constant("third"))
                .throwException(new IllegalStateException("now"))
                .end());
    route(
        "kept",
        b -> {
          b.from("direct:kept")
              .saga()
              .propagation(SagaPropagation.MANDATORY)
              .compensation("direct:undo-kept")
              .option("text", b.simple("${body}"))
              .option("int", b.constant(7))
              .option("small", b.constant((short) 8))
              .option("long", b.constant(5_000_000_000L))
              .option("price", b.constant(new BigDecimal("10.10")))
              .option("yes", b.constant(true))
              .option("none", b.simple("${header.nothing}"))
              .process(exchange -> exchange.getMessage().setBody("changed"))
              .end();
          b.from("direct:undo-kept")
              .process(
                  exchange ->
                      headers.put(
                          "undo " + exchange.getMessage().getHeader("CamelSagaEnlistment"),
                          new HashMap<>(exchange.getMessage().getHeaders())))
              .process(exchange -> participants.record("body " + exchange.getMessage().getBody()));
        });

    app.send("direct:outer", "first");

    assertThat(headers.get("undo 1"))
        .containsEntry("text", "first")
        .containsEntry("int", 7)
        .containsEntry("small", 8)
        .containsEntry("long", 5_000_000_000L)
        .containsEntry("price", "10.10")
        .containsEntry("yes", true)
        .doesNotContainKey("none")
        .containsEntry(Exchange.SAGA_LONG_RUNNING_ACTION, only().id());
    assertThat(headers.get("undo 2")).containsEntry("text", "second");
    assertThat(participants.events()).containsExactly("body null", "body null");
  }

  @Test
  void anOptionThatCannotBeEvaluatedKeepsTheStepFromActing() throws Exception {
    route(
        "bad",
        b ->
            b.from("direct:bad")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:undo-stock")
                .option("x", b.simple("${body.noSuchMethod}"))
                .process(participants.named("bad"))
                .end());
    route("outer", b -> b.from("direct:outer").saga().to("direct:stock").to("direct:bad").end());

    Exchange answer = app.send("direct:outer", "x");

    assertThat(answer.getException()).isNotNull();
    assertThat(participants.events()).containsExactly("stock #1", "undo stock #1");
  }

  // Time.

  @Test
  void aSagaOutOfTimeIsCompensatedAndItsExchangeFailsAfterwards() throws Exception {
    CountDownLatch undone = new CountDownLatch(1);
    participants.on("undo stock", exchange -> undone.countDown());
    route(
        "outer",
        b ->
            b.from("direct:outer")
                .saga()
                .timeout(Duration.ofMillis(300))
                .to("direct:stock")
                .process(exchange -> undone.await(10, TimeUnit.SECONDS))
                .end());

    Exchange answer = app.send("direct:outer", "x");

    assertThat(answer.getException()).isExactlyInstanceOf(SagaTimedOutException.class);
    assertThat(participants.events()).containsExactly("stock #1", "undo stock #1");
    assertThat(only().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(only().reason()).isEqualTo("Its deadline has passed");
  }

  @Test
  void noStepJoinsASagaOutOfTime() throws Exception {
    CountDownLatch undone = new CountDownLatch(1);
    participants.on("undo stock", exchange -> undone.countDown());
    route(
        "outer",
        b ->
            b.from("direct:outer")
                .saga()
                .timeout(Duration.ofMillis(300))
                .to("direct:stock")
                .process(exchange -> undone.await(10, TimeUnit.SECONDS))
                .to("direct:create")
                .end());

    Exchange answer = app.send("direct:outer", "x");

    assertThat(answer.getException()).isExactlyInstanceOf(SagaTimedOutException.class);
    assertThat(participants.events()).containsExactly("stock #1", "undo stock #1");
  }

  @Test
  void aTimeOutMayBeLongerThanTheDeadlineOfSagasThatNameNone() throws Exception {
    manual();
    route(
        "patient",
        b ->
            b.from("direct:patient")
                .saga()
                .completionMode(SagaCompletionMode.MANUAL)
                .timeout(Duration.ofHours(10))
                .to("direct:stock")
                .end());

    app.send("direct:patient", "x");

    assertThat(only().deadline()).isAfter(Instant.now().plus(Duration.ofHours(9)));
  }

  @Test
  void aManualSagaThatNobodyEndsIsCompensated() throws Exception {
    route(
        "forgotten",
        b ->
            b.from("direct:forgotten")
                .saga()
                .completionMode(SagaCompletionMode.MANUAL)
                .timeout(Duration.ofMillis(200))
                .to("direct:stock")
                .end());

    app.send("direct:forgotten", "x");

    await().until(() -> only().state() == SagaState.COMPENSATED);
    assertThat(participants.events()).containsExactly("stock #1", "undo stock #1");
    assertThat(service.running()).isZero();
  }

  // Compensation that does not work at once.

  @Test
  void theExchangeGoesOnOnlyWhenCompensationHasWorked() {
    Instant[] undone = new Instant[1];
    int[] tries = new int[1];
    participants.on("report", Participants.fail("report is ill"));
    participants.on(
        "undo create",
        exchange -> {
          if (++tries[0] < 3) {
            throw new IllegalStateException("not now");
          }
          undone[0] = Instant.now();
        });

    Exchange answer = app.send("direct:order", "one");

    assertThat(Instant.now()).isAfterOrEqualTo(undone[0]);
    assertThat(answer.getException()).hasMessage("report is ill");
    assertThat(participants.events())
        .containsExactly(
            "stock #1", "create #2", "undo report #3", "undo create #2", "undo stock #1");
    assertThat(only().enlistments().get(1).tries()).isEqualTo(2);
    assertThat(only().enlistments().get(1).lastError()).isEqualTo("IllegalStateException: not now");
  }

  @Test
  void aCompensationThatKeepsFailingIsParkedToldAndNeverGivenUp() {
    participants.on("report", Participants.refuse("no report"));
    participants.on("undo create", Participants.fail("still ill"));

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException())
        .isExactlyInstanceOf(SagaUnfinishedException.class)
        .extracting(
            e -> ((SagaUnfinishedException) e).sagaId(), e -> ((SagaUnfinishedException) e).state())
        .containsExactly(only().id(), SagaState.PARKED);
    Saga parked = service.list(SagaState.PARKED, 10, null).get(0);
    assertThat(parked.nextTry())
        .isBetween(Instant.now().minusSeconds(5), Instant.now().plusSeconds(5));
    assertThat(parked.reason()).isEqualTo("Refusal: no report");
    assertThat(parked.enlistments().get(1).tries()).isEqualTo(3);
    assertThat(parked.enlistments().get(1).lastError())
        .isEqualTo("IllegalStateException: still ill");
    assertThat(service.unfinished()).containsOnly(Map.entry(SagaState.PARKED, 1L));

    participants.heal("undo create");
    await().until(() -> only().state() == SagaState.COMPENSATED);
    assertThat(participants.events())
        .containsExactly(
            "stock #1", "create #2", "undo report #3", "undo create #2", "undo stock #1");
    assertThat(only().answer().body()).isEqualTo("no report");
  }

  @Test
  void aParkedSagaIsRetriedAtOnceWhenAskedFor() {
    participants.on("stock", Participants.fail("ill"));
    participants.on("undo stock", Participants.refuse("never"));
    app.send("direct:order", "one");
    assertThat(only().state()).isEqualTo(SagaState.PARKED);
    assertThat(only().nextTry()).isNull();

    assertThat(service.retry(only().id())).isPresent();
    await()
        .until(
            () -> only().state() == SagaState.PARKED && only().enlistments().get(0).tries() == 2);
    participants.heal("undo stock");
    assertThat(service.retry(only().id())).isPresent();

    await().until(() -> only().state() == SagaState.COMPENSATED);
    assertThat(service.retry(only().id())).isEmpty();
    assertThat(service.retry("no such saga")).isEmpty();
  }

  @Test
  void aFinalRefusalWaitsForAPerson() {
    participants.on("stock", Participants.fail("ill"));
    participants.on("undo stock", Participants.refuse("never"));

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException()).isExactlyInstanceOf(SagaUnfinishedException.class);
    participants.heal("undo stock");
    Duration retry = SagaApp.quick().parkedRetry();
    await()
        .during(retry.multipliedBy(2))
        .atMost(retry.multipliedBy(4))
        .until(() -> only().state() == SagaState.PARKED);
    assertThat(participants.events()).isEmpty();
  }

  @Test
  void whatItsParticipantsMayHaveForgottenIsNotCalledUndone() throws Exception {
    restart("remembered", Duration.ofSeconds(1));
    participants.on("report", Participants.fail("ill"));
    participants.on("undo create", Participants.fail("ill too"));
    app.send("direct:order", "one");
    await().until(() -> only().state() == SagaState.PARKED && only().nextTry() == null);

    participants.heal("undo create");
    long epoch = service.retry(only().id()).orElseThrow().epoch();
    await().until(() -> only().epoch() == epoch && only().state() == SagaState.PARKED);

    Enlistment create = only().enlistments().get(1);
    assertThat(only().nextTry()).isNull();
    assertThat(create.done()).isFalse();
    assertThat(create.lastError()).contains("may have forgotten");
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "undo report #3");
  }

  @Test
  void whatWasTakenOverWhileItWaitedForAWorkerIsNotCalled() throws Exception {
    restart("workers", 1);
    CountDownLatch slow = new CountDownLatch(1);
    participants.on("stock", Participants.fail("ill"));
    participants.on("undo stock", exchange -> slow.await(20, TimeUnit.SECONDS));
    Future<Exchange> first =
        app.context.createFluentProducerTemplate().to("direct:order").withBody("x").asyncSend();
    await().until(() -> service.list(SagaState.COMPENSATING, 10, null).size() == 1);
    Saga queued =
        Saga.running(UUID.randomUUID().toString(), "dead", Instant.now().plusSeconds(60), null, 1)
            .with(Enlistment.of(1, "direct:undo-create", null, Map.of()));
    journal.begin(queued);
    await().until(() -> journal.find(queued.id()).orElseThrow().epoch() == 2);
    Instant taken = Instant.now();
    await().until(() -> Instant.now().isAfter(taken.plus(SagaApp.quick().lease())));

    journal.takeForRetry("somebody", queued.id()).orElseThrow();
    slow.countDown();

    assertThat(first.get(10, TimeUnit.SECONDS).getException()).hasMessage("ill");
    await().until(() -> journal.find(queued.id()).orElseThrow().epoch() == 4);
    await().until(() -> journal.find(queued.id()).orElseThrow().state() == SagaState.COMPENSATED);
    assertThat(participants.count("undo create")).isEqualTo(1);
  }

  @Test
  void exchangesThatJoinASagaTogetherHaveItTogether() throws Exception {
    Saga elsewhere =
        Saga.running(UUID.randomUUID().toString(), "other", Instant.now().plusSeconds(60), null, 1)
            .with(Enlistment.of(1, "direct:undo-create", null, Map.of()));
    journal.renew("other", Duration.ofMinutes(1));
    journal.begin(elsewhere);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<CamelSagaCoordinator> join = () -> service.getSaga(elsewhere.id()).join();
      Set<CamelSagaCoordinator> joined = new HashSet<>();
      for (Future<CamelSagaCoordinator> each : threads.invokeAll(Collections.nCopies(8, join))) {
        joined.add(each.get());
      }

      assertThat(joined).hasSize(1).doesNotContainNull();
      assertThat(only().epoch()).isEqualTo(2);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aCompensationThatTakesTooLongLetsItsCallerGo() {
    CountDownLatch slow = new CountDownLatch(1);
    participants.on("report", Participants.fail("report is ill"));
    participants.on("undo stock", exchange -> slow.await(20, TimeUnit.SECONDS));
    Instant start = Instant.now();

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException())
        .isExactlyInstanceOf(SagaUnfinishedException.class)
        .hasMessage("Saga " + only().id() + " is COMPENSATING");
    assertThat(Duration.between(start, Instant.now()))
        .isBetween(Duration.ofMillis(5500), Duration.ofSeconds(9));
    slow.countDown();
    await().until(() -> only().state() == SagaState.COMPENSATED);
  }

  @Test
  void anAnswerThatCannotBeMadeUndoesTheSaga() throws Exception {
    app.close();
    SagaOutcomes broken =
        new SagaOutcomes() {
          @Override
          public java.util.Optional<StoredAnswer> completed(Exchange exchange) {
            throw new UnsupportedOperationException("no answer");
          }
        };
    service = new JournaledSagaService(empty(), SagaApp.quick(), broken);
    app = SagaApp.start(service, SagaApp.orders(participants));

    Exchange answer = app.send("direct:order", "one");

    assertThat(answer.getException()).hasMessage("no answer");
    assertThat(participants.count("undo ")).isEqualTo(3);
    assertThat(only().state()).isEqualTo(SagaState.COMPENSATED);
  }

  // Life cycle.

  @Test
  void stoppingOneSagaRouteDoesNotStopTheService() throws Exception {
    route("other", b -> b.from("direct:other").saga().to("direct:stock").end());

    app.context.getRouteController().stopRoute("other");

    assertThat(app.send("direct:order", "one").getException()).isNull();
    participants.on("report", Participants.fail("report is ill"));
    app.send("direct:order", "two");
    assertThat(participants.count("undo ")).isEqualTo(3);
    app.context.getRouteController().startRoute("other");
    assertThat(app.send("direct:other", "three").getException()).isNull();
  }

  @Test
  void stoppingTheContextLetsWhatIsUnderWayEnd() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch going = new CountDownLatch(1);
    participants.on(
        "create",
        exchange -> {
          entered.countDown();
          going.await(10, TimeUnit.SECONDS);
        });
    var answer =
        app.context.createFluentProducerTemplate().to("direct:order").withBody("x").asyncSend();
    entered.await(10, TimeUnit.SECONDS);
    Thread stop = new Thread(app.context::stop);
    stop.start();
    await().until(() -> app.context.isStopping());

    going.countDown();

    assertThat(answer.get(10, TimeUnit.SECONDS).getException()).isNull();
    stop.join();
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
    assertThat(only().state()).isEqualTo(SagaState.COMPLETED);
  }

  @Test
  void nothingIsLeftInMemory() {
    participants.on(
        "report",
        exchange -> {
          if (exchange.getMessage().getBody().equals("odd")) {
            throw new IllegalStateException("odd");
          }
        });

    for (int i = 0; i < 50; i++) {
      app.send("direct:order", i % 2 == 0 ? "even" : "odd");
      app.send("direct:stock", "no saga");
    }

    assertThat(service.running()).isZero();
    assertThat(service.list(SagaState.COMPLETED, 100, null)).hasSize(25);
    assertThat(service.list(SagaState.COMPENSATED, 100, null)).hasSize(25);
  }

  @Test
  void theServiceRefusesNumbersThatCannotWork() {
    SagaSettings good = SagaApp.quick();
    assertThatThrownBy(
            () ->
                new SagaSettings(
                    good.deadline(),
                    good.lease(),
                    good.lease().dividedBy(2),
                    good.scan(),
                    good.overdue(),
                    good.callerGrace(),
                    good.retryFirst(),
                    good.retryMost(),
                    good.parkAfter(),
                    good.parkedRetry(),
                    good.batch(),
                    good.keep(),
                    good.remembered(),
                    good.workers()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private interface Definition {
    void on(RouteBuilder builder);
  }

  private void route(String id, Definition definition) throws Exception {
    app.context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            errorHandler(noErrorHandler());
            definition.on(this);
            getRouteCollection().getRoutes().get(0).routeId(id);
          }
        });
  }

  private void enlisting(String name, SagaPropagation propagation) throws Exception {
    route(
        name,
        b -> {
          b.from("direct:" + name)
              .saga()
              .propagation(propagation)
              .compensation("direct:undo-" + name)
              .process(participants.named(name))
              .end();
          b.from("direct:undo-" + name).process(participants.named("undo " + name));
        });
  }

  private void completing(String name) throws Exception {
    route(
        name,
        b -> {
          b.from("direct:" + name)
              .saga()
              .propagation(SagaPropagation.MANDATORY)
              .completion("direct:done-" + name)
              .process(participants.named(name))
              .end();
          b.from("direct:done-" + name).process(participants.named("done " + name));
        });
  }

  private void manual() throws Exception {
    route(
        "manual",
        b -> {
          b.from("direct:manual")
              .saga()
              .completionMode(SagaCompletionMode.MANUAL)
              .to("direct:stock")
              .process(seen("manual"))
              .end();
          b.from("direct:finish").to("saga:complete");
          b.from("direct:abort").to("saga:compensate");
        });
  }

  private String begunByHand() {
    Exchange answer = app.send("direct:manual", "x");
    assertThat(answer.getException()).isNull();
    String id = headers.get("manual").get(Exchange.SAGA_LONG_RUNNING_ACTION).toString();
    assertThat(service.find(id).orElseThrow().state()).isEqualTo(SagaState.RUNNING);
    return id;
  }

  private static org.apache.camel.Processor withSaga(String id) {
    return exchange -> exchange.getMessage().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, id);
  }

  private org.apache.camel.Processor seen(String name) {
    return exchange -> headers.put(name, new HashMap<>(exchange.getMessage().getHeaders()));
  }

  private Saga only() {
    assertThat(service.list(null, 10, null)).hasSize(1);
    return service.list(null, 10, null).get(0);
  }
}
