package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A key is judged once, whoever asks how often and how many at a time. */
abstract class OncePolicyContract {
  private final Participants participants = new Participants();
  private final ExecutorService clients = Executors.newFixedThreadPool(24);
  private JournaledSagaService service;
  private SagaJournal journal;
  private SagaApp app;

  abstract SagaJournal empty() throws Exception;

  /** How many requests race for few keys. */
  abstract int races();

  @BeforeEach
  void start() throws Exception {
    journal = empty();
    service = new JournaledSagaService(journal, SagaApp.quick(), SagaApp.outcomes());
    app = SagaApp.start(service, SagaApp.orders(participants), SagaApp.once(service));
  }

  @AfterEach
  void stop() {
    clients.shutdownNow();
    app.close();
  }

  @Test
  void aRepeatIsGivenTheSameAnswer() {
    Exchange first = once("k", "one");
    Exchange second = once("k", "one");

    assertThat(first.getMessage().getBody()).isEqualTo("done one");
    assertThat(first.getMessage().getHeader("replayed")).isNull();
    assertThat(second.getException()).isNull();
    assertThat(second.getMessage().getBody()).isEqualTo("done one");
    assertThat(second.getMessage().getHeader("replayed")).isEqualTo(true);
    assertThat(second.getMessage().getHeader("status")).isEqualTo(200);
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
  }

  @Test
  void aRefusalIsGivenAgainToo() {
    participants.on("create", Participants.refuse("no such product"));

    assertThat(once("k", "one").getException()).isExactlyInstanceOf(Participants.Refusal.class);
    participants.heal("create");
    Exchange second = once("k", "one");

    assertThat(second.getException()).isNull();
    assertThat(second.getMessage().getHeader("status")).isEqualTo(409);
    assertThat(second.getMessage().getBody()).isEqualTo("no such product");
    assertThat(participants.count("create")).isZero();
  }

  @Test
  void aRefusalThatComesWhenTheSagaIsOutOfTimeIsNoAnswer() {
    CountDownLatch undone = new CountDownLatch(1);
    participants.on("undo stock", exchange -> undone.countDown());
    participants.on(
        "create",
        exchange -> {
          undone.await(20, TimeUnit.SECONDS);
          throw new Participants.Refusal("too late");
        });

    assertThat(once("k", "one").getException()).isExactlyInstanceOf(SagaTimedOutException.class);
    participants.heal("create");

    assertThat(once("k", "one").getMessage().getBody()).isEqualTo("done one");
  }

  @Test
  void anotherRequestWithTheKeyIsRefused() {
    once("k", "one");

    assertThat(once("k", "two").getException()).isExactlyInstanceOf(SagaKeyReusedException.class);
    assertThat(participants.events()).hasSize(3);
  }

  @Test
  void anotherRequestWithTheKeyIsRefusedAlsoWhileTheFirstRuns() throws Exception {
    Gate gate = new Gate("create");
    CompletableFuture<Exchange> first = later("k", "one");
    gate.entered();

    assertThat(once("k", "two").getException()).isExactlyInstanceOf(SagaKeyReusedException.class);

    gate.open();
    assertThat(first.get().getException()).isNull();
  }

  @Test
  void whoComesWhileTheFirstRunsWaitsForItsAnswer() throws Exception {
    Gate gate = new Gate("create");
    CompletableFuture<Exchange> first = later("k", "one");
    gate.entered();
    CompletableFuture<Exchange> second = later("k", "one");
    CompletableFuture<Exchange> third = later("k", "one");

    gate.open();

    assertThat(second.get().getMessage().getBody()).isEqualTo("done one");
    assertThat(third.get().getMessage().getBody()).isEqualTo("done one");
    assertThat(first.get().getMessage().getHeader("replayed")).isNull();
    assertThat(participants.events()).containsExactly("stock #1", "create #2", "report #3");
    assertThat(service.list(null, 10, null)).hasSize(1);
  }

  @Test
  void whoWaitsInVainIsToldThatItIsInProgress() throws Exception {
    begunElsewhere("k", "one", Instant.now().plusSeconds(60));
    Instant start = Instant.now();

    Exchange second = once("k", "one");

    assertThat(second.getException())
        .isExactlyInstanceOf(SagaInProgressException.class)
        .extracting(e -> ((SagaInProgressException) e).sagaId())
        .isEqualTo(service.list(SagaState.RUNNING, 10, null).get(0).id());
    assertThat(Duration.between(start, Instant.now()))
        .isBetween(Duration.ofMillis(3900), Duration.ofSeconds(8));
    assertThat(participants.events()).isEmpty();
  }

  @Test
  void anAttemptThatWasUndoneIsFollowedByANewOne() {
    participants.on("report", Participants.fail("ill"));
    assertThat(once("k", "one").getException()).hasMessage("ill");
    participants.heal("report");

    Exchange second = once("k", "one");

    assertThat(second.getException()).isNull();
    assertThat(second.getMessage().getBody()).isEqualTo("done one");
    assertThat(second.getMessage().getHeader("replayed")).isNull();
    List<Saga> sagas = service.list(null, 10, null);
    assertThat(sagas).extracting(Saga::attempt).containsExactlyInAnyOrder(1, 2);
    assertThat(journal.latest("tests", "k").orElseThrow().attempt()).isEqualTo(2);
    assertThat(once("k", "one").getMessage().getHeader("replayed")).isEqualTo(true);
  }

  @Test
  void ofTwoThatWouldFollowOneJoinsTheOther() throws Exception {
    participants.on("report", Participants.fail("ill"));
    once("k", "one");
    participants.heal("report");
    Gate gate = new Gate("create");

    CompletableFuture<Exchange> first = later("k", "one");
    CompletableFuture<Exchange> second = later("k", "one");
    CompletableFuture<Exchange> third = later("k", "one");
    gate.entered();
    gate.open();

    List<Exchange> answers = List.of(first.get(), second.get(), third.get());
    assertThat(answers).allSatisfy(a -> assertThat(a.getMessage().getBody()).isEqualTo("done one"));
    assertThat(answers).filteredOn(a -> a.getMessage().getHeader("replayed") == null).hasSize(1);
    assertThat(service.list(null, 10, null))
        .extracting(Saga::attempt)
        .containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void aParkedAttemptIsToldAtOnce() {
    participants.on("stock", Participants.fail("ill"));
    participants.on("undo stock", Participants.refuse("never"));
    once("k", "one");
    Instant start = Instant.now();

    Exchange second = once("k", "one");

    assertThat(second.getException())
        .isExactlyInstanceOf(SagaUnfinishedException.class)
        .extracting(e -> ((SagaUnfinishedException) e).state())
        .isEqualTo(SagaState.PARKED);
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void anAttemptThatIsBeingUndoneIsWaitedFor() throws Exception {
    participants.on("report", Participants.fail("ill"));
    Gate gate = new Gate("undo stock");
    CompletableFuture<Exchange> first = later("k", "one");
    gate.entered();
    CompletableFuture<Exchange> second = later("k", "one");
    participants.heal("report");
    gate.open();

    assertThat(second.get().getException()).isNull();
    assertThat(second.get().getMessage().getBody()).isEqualTo("done one");
    assertThat(first.get().getException()).hasMessage("ill");
    assertThat(participants.events())
        .containsExactly(
            "stock #1",
            "create #2",
            "undo report #3",
            "undo create #2",
            "undo stock #1",
            "stock #1",
            "create #2",
            "report #3");
  }

  @Test
  void aDeadOwnersAttemptIsTakenOverAtOnceAndFollowed() {
    String dead = begunElsewhere("k", "one", Instant.now().plusSeconds(60));
    journal.release("dead");
    awaitTaker();

    Exchange answer = once("k", "one");

    assertThat(answer.getException()).isNull();
    assertThat(answer.getMessage().getBody()).isEqualTo("done one");
    assertThat(service.find(dead).orElseThrow().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(participants.events())
        .containsExactly("undo stock #1", "stock #1", "create #2", "report #3");
  }

  @Test
  void whoLosesItsSagaWhileItRunsFollowsWhatBecomesOfIt() throws Exception {
    Gate gate = new Gate("create");
    CompletableFuture<Exchange> first = later("k", "one");
    gate.entered();
    String lost = journal.latest("tests", "k").orElseThrow().id();
    journal.adopt("thief", lost);
    journal.renew("thief", Duration.ofMillis(1));
    gate.open();

    assertThat(first.get(10, TimeUnit.SECONDS).getException()).isNull();
    assertThat(first.get().getMessage().getBody()).isEqualTo("done one");
    assertThat(service.find(lost).orElseThrow().state()).isEqualTo(SagaState.COMPENSATED);
    assertThat(journal.latest("tests", "k").orElseThrow().attempt()).isEqualTo(2);
    assertThat(participants.count("undo ")).isEqualTo(2);
  }

  @Test
  void aSagaWithoutAStepAnswersItsKeyToo() throws Exception {
    keyed("empty");
    route(
        "nothing",
        b -> b.from("direct:in-empty").saga().setBody(b.constant("nothing to do")).end());

    app.send("direct:empty", "x");
    Exchange second = app.send("direct:empty", "x");

    assertThat(second.getMessage().getBody()).isEqualTo("nothing to do");
    assertThat(second.getMessage().getHeader("replayed")).isEqualTo(true);
    assertThat(service.list(null, 10, null)).hasSize(1);
  }

  @Test
  void theKeyIsTheFirstSagasAndNoOtherOnes() throws Exception {
    keyed("nested");
    route(
        "outer",
        b -> b.from("direct:in-nested").saga().to("direct:stock").to("direct:aside").end());
    route(
        "aside",
        b ->
            b.from("direct:aside")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .to("direct:create")
                .end());
    route("both", b -> b.from("direct:both").to("direct:nested").to("direct:order"));

    assertThat(app.send("direct:both", "x").getException()).isNull();

    assertThat(service.list(null, 10, null)).hasSize(3);
    assertThat(service.list(null, 10, null)).filteredOn(saga -> saga.key() != null).hasSize(1);
    Exchange second = app.send("direct:both", "x");
    assertThat(second.getException()).isNull();
    assertThat(second.getMessage().getBody()).isEqualTo("done x");
    assertThat(participants.count("create")).isEqualTo(3);
  }

  @Test
  void manyRequestsWithFewKeysLeaveEachKeyOneOrder() throws Exception {
    int requests = races();
    int keys = requests / 20;
    Map<String, AtomicInteger> orders = new ConcurrentHashMap<>();
    participants.on(
        "report",
        exchange -> {
          if (ThreadLocalRandom.current().nextInt(5) == 0) {
            throw new IllegalStateException("now and then");
          }
          orders
              .computeIfAbsent(
                  exchange.getMessage().getBody(String.class), k -> new AtomicInteger())
              .incrementAndGet();
        });
    List<Callable<Exchange>> all = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      String key = "k" + ThreadLocalRandom.current().nextInt(keys);
      all.add(() -> once(key, "order " + key));
    }
    List<Exchange> answers = new ArrayList<>();
    for (Future<Exchange> future : clients.invokeAll(all)) {
      answers.add(future.get());
    }

    assertThat(answers.stream().map(OncePolicyContract::inWords).distinct())
        .containsExactlyInAnyOrder("done order", "IllegalStateException: now and then");
    assertThat(orders).isNotEmpty();
    assertThat(orders).allSatisfy((key, count) -> assertThat(count).hasValue(1));
    List<Saga> sagas = service.list(null, requests * 2, null);
    assertThat(sagas).allMatch(saga -> saga.state().isFinal());
    assertThat(
            sagas.stream().filter(s -> s.state() == SagaState.COMPLETED).map(s -> s.key().value()))
        .doesNotHaveDuplicates()
        .hasSize(orders.size());
    assertThat(service.running()).isZero();
  }

  private static String inWords(Exchange answer) {
    return answer.getException() == null
        ? answer.getMessage().getBody(String.class).replaceAll(" k\\d+$", "")
        : Words.of(answer.getException());
  }

  /** Holds a participant until a test lets it go on. */
  private final class Gate {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    Gate(String participant) {
      participants.on(
          participant,
          exchange -> {
            entered.countDown();
            open.await(20, TimeUnit.SECONDS);
          });
    }

    void entered() throws InterruptedException {
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    }

    void open() {
      open.countDown();
    }
  }

  private String begunElsewhere(String key, String body, Instant deadline) {
    journal.renew("dead", Duration.ofMinutes(1));
    Saga saga =
        Saga.running(
                java.util.UUID.randomUUID().toString(),
                "dead",
                deadline,
                new SagaKey("tests", key, Integer.toHexString(body.hashCode())),
                1)
            .with(Enlistment.of(1, "direct:undo-stock", null, Map.of()));
    journal.begin(saga);
    return saga.id();
  }

  /** Waits until this service has held its lease long enough to take sagas over. */
  private void awaitTaker() {
    Instant start = Instant.now();
    await().until(() -> Instant.now().isAfter(start.plus(SagaApp.quick().lease().multipliedBy(2))));
  }

  private Exchange once(String key, String body) {
    return app.send(
        "direct:once",
        exchange -> {
          exchange.getMessage().setHeader("key", key);
          exchange.getMessage().setBody(body);
        });
  }

  private CompletableFuture<Exchange> later(String key, String body) {
    return CompletableFuture.supplyAsync(() -> once(key, body), clients);
  }

  private void keyed(String name) throws Exception {
    route(
        "keyed-" + name,
        b ->
            b.from("direct:" + name)
                .policy(new OncePolicy(service, e -> new SagaKey("tests", name, "x")))
                .to("direct:in-" + name)
                .end());
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
}
