package dev.relevo.saga;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Camel's saga service on a journal. Put one into the registry, and every {@code saga} in the
 * context's routes is kept in the journal: a step is written down before it acts, the exchange goes
 * on only when the saga's end is written down and done, and what a dead process leaves behind is
 * taken over and compensated.
 *
 * <p>The idea of a saga: H. Garcia-Molina and K. Salem, "Sagas", SIGMOD 1987.
 */
public class JournaledSagaService extends ServiceSupport implements CamelSagaService {
  /**
   * Header with the number of the enlistment that a step or its compensation acts for; an int, from
   * 1.
   */
  public static final String ENLISTMENT = "CamelSagaEnlistment";

  /** Exchange property with the id of the saga that was begun last on the exchange; a string. */
  public static final String SAGA_ID = "SagaId";

  /** Exchange property with that saga's deadline; a long, milliseconds since 1970. */
  public static final String DEADLINE = "SagaDeadline";

  private final SagaJournal journal;
  private final SagaSettings settings;
  private final SagaOutcomes outcomes;
  private final String owner = UUID.randomUUID().toString();
  private final Map<String, SagaCoordinator> local = new ConcurrentHashMap<>();

  private CamelContext camelContext;
  private ProducerTemplate producer;
  private ExecutorService workers;
  private ScheduledExecutorService timer;
  private SagaFinisher finisher;
  private SagaRecovery recovery;

  public JournaledSagaService(SagaJournal journal, SagaSettings settings, SagaOutcomes outcomes) {
    this.journal = journal;
    this.settings = settings;
    this.outcomes = outcomes;
  }

  @Override
  public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
    SagaTicket ticket = SagaTicket.takeFrom(exchange);
    String id = UUID.randomUUID().toString();
    Instant deadline = ticket == null ? Instant.now().plus(settings.deadline()) : ticket.deadline();
    exchange.setProperty(SAGA_ID, id);
    exchange.setProperty(DEADLINE, deadline.toEpochMilli());
    Saga saga =
        Saga.running(
            id,
            owner,
            deadline,
            ticket == null ? null : ticket.key(),
            ticket == null ? 1 : ticket.attempt());
    SagaCoordinator coordinator = SagaCoordinator.begun(this, saga);
    local.put(id, coordinator);
    return CompletableFuture.completedFuture(coordinator);
  }

  /**
   * The saga of that id if it is running: here, or in another process, from which it then moves
   * here.
   */
  @Override
  public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
    SagaCoordinator coordinator = local.get(id);
    if (coordinator != null) {
      return CompletableFuture.completedFuture(coordinator);
    }
    try {
      Optional<Saga> adopted =
          Patience.read(Instant.now().plus(settings.deadline()), () -> journal.adopt(owner, id));
      return CompletableFuture.completedFuture(
          adopted
              .map(saga -> local.computeIfAbsent(id, unused -> SagaCoordinator.joined(this, saga)))
              .orElse(null));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void registerStep(CamelSagaStep step) {
    // Endpoints are written to the journal with each enlistment, so that another process can call
    // them.
  }

  /**
   * The saga of that id, in whatever state, with its history; empty if there is none (any more).
   */
  public Optional<Saga> find(String id) {
    return journal.find(id);
  }

  /** As {@link SagaJournal#list}. */
  public List<Saga> list(SagaState state, int limit, String before) {
    return journal.list(state, limit, before);
  }

  /** How many sagas there are in each state that is not final. */
  public Map<SagaState, Long> unfinished() {
    return journal.unfinished();
  }

  /**
   * Tries a parked or compensating saga again at once, from here.
   *
   * @return the saga as it was taken; empty if there is none that can be retried
   */
  public Optional<Saga> retry(String id) {
    Optional<Saga> saga =
        journal
            .find(id)
            .filter(s -> s.state() == SagaState.PARKED || s.state() == SagaState.COMPENSATING)
            .flatMap(s -> journal.takeOver(owner, id, false));
    saga.ifPresent(finisher::finish);
    return saga;
  }

  /**
   * Takes a saga whose owner's lease has run out, and compensates it; false if there is no such
   * saga.
   */
  boolean takeOverIfExpired(String id) {
    return recovery.takeOver(id);
  }

  @Override
  protected void doStart() {
    producer = camelContext.createProducerTemplate();
    workers =
        camelContext
            .getExecutorServiceManager()
            .newThreadPool(this, "SagaWorker", settings.workers(), settings.workers());
    timer = camelContext.getExecutorServiceManager().newScheduledThreadPool(this, "SagaTimer", 2);
    finisher = new SagaFinisher(this, producer, workers, timer);
    recovery = new SagaRecovery(this, owner);
    recovery.tick();
    timer.scheduleWithFixedDelay(
        recovery::tick, 0, settings.scan().toMillis(), TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(this::timeOutOverdue, 200, 200, TimeUnit.MILLISECONDS);
  }

  /**
   * Camel stops the saga service with each saga route that stops; only the end of the context ends
   * this service, for other routes may be using it.
   */
  @Override
  public void stop() {
    if (camelContext == null || camelContext.isStopping() || camelContext.isStopped()) {
      super.stop();
    }
  }

  @Override
  protected void doStop() {
    camelContext.getExecutorServiceManager().shutdownNow(timer);
    camelContext.getExecutorServiceManager().shutdownGraceful(workers);
    recovery.release();
    producer.stop();
  }

  private void timeOutOverdue() {
    Instant now = Instant.now();
    for (SagaCoordinator coordinator : local.values()) {
      if (coordinator.isOverdue(now)) {
        workers.execute(coordinator::timeOut);
      }
    }
  }

  void forget(SagaCoordinator coordinator) {
    local.remove(coordinator.getId(), coordinator);
  }

  /** Whether endpoints may already be gone, so that a call that fails says nothing. */
  boolean isEnding() {
    return camelContext.isStopping() || !isRunAllowed();
  }

  SagaJournal journal() {
    return journal;
  }

  SagaSettings settings() {
    return settings;
  }

  SagaOutcomes outcomes() {
    return outcomes;
  }

  SagaFinisher finisher() {
    return finisher;
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    this.camelContext = camelContext;
  }

  @Override
  public CamelContext getCamelContext() {
    return camelContext;
  }
}
