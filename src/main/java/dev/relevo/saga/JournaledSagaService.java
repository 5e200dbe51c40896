package dev.relevo.saga;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

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

  /**
   * Exchange property with the id of the saga that was begun last on the exchange, or, after {@link
   * OncePolicy}, of the one whose answer was given; a string.
   */
  public static final String SAGA_ID = "SagaId";

  /** Exchange property with that saga's deadline; a long, milliseconds since 1970. */
  public static final String DEADLINE = "SagaDeadline";

  /**
   * The key, in SLF4J's mapped diagnostic context, of the id of the saga that the thread works on.
   * It is there from when an exchange begins a saga; who gave the thread its work clears it.
   */
  public static final String LOGGED = "sagaId";

  private static final Logger LOG = LoggerFactory.getLogger(JournaledSagaService.class);
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final long LOOK_MILLIS = 200;
  private static final long PURGE_SECONDS = 30;
  private static final int TIMERS = 4;
  private static final long END_MILLIS = 3_000;

  private final SagaJournal journal;
  private final SagaSettings settings;
  private final SagaOutcomes outcomes;
  private final SagaListener listener;
  private final UnaryOperator<Runnable> carrier;
  private final Map<String, SagaCoordinator> local = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<CamelSagaCoordinator>> fetching =
      new ConcurrentHashMap<>();

  private CamelContext camelContext;
  private ProducerTemplate producer;
  private ExecutorService workers;
  private ScheduledExecutorService timer;
  private SagaFinisher finisher;
  private SagaLease lease;
  private SagaRecovery recovery;

  /** A service that tells nobody what it does. */
  public JournaledSagaService(SagaJournal journal, SagaSettings settings, SagaOutcomes outcomes) {
    this(journal, settings, outcomes, new SagaListener() {});
  }

  /**
   * @param journal where sagas are written down
   * @param settings the service's numbers
   * @param outcomes how exchanges become stored answers and back
   * @param listener is told what this process does to sagas
   */
  public JournaledSagaService(
      SagaJournal journal, SagaSettings settings, SagaOutcomes outcomes, SagaListener listener) {
    this(journal, settings, outcomes, listener, UnaryOperator.identity());
  }

  /**
   * As above.
   *
   * @param carrier is given each task that other threads go on with, on the thread that hands it
   *     over; what it returns is run in its place, and can bring along what belongs to that thread,
   *     such as a trace. The log's context comes along anyway
   */
  public JournaledSagaService(
      SagaJournal journal,
      SagaSettings settings,
      SagaOutcomes outcomes,
      SagaListener listener,
      UnaryOperator<Runnable> carrier) {
    this.journal = journal;
    this.settings = settings;
    this.outcomes = outcomes;
    this.listener = listener;
    this.carrier = carrier;
  }

  @Override
  public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
    SagaTicket ticket = SagaTicket.takeFrom(exchange);
    String id = UUID.randomUUID().toString();
    Instant deadline = ticket == null ? Instant.now().plus(settings.deadline()) : ticket.deadline();
    MDC.put(LOGGED, id);
    exchange.setProperty(SAGA_ID, id);
    exchange.setProperty(DEADLINE, deadline.toEpochMilli());
    Saga saga =
        Saga.running(
            id,
            lease.owner(),
            deadline,
            ticket == null ? null : ticket.key(),
            ticket == null ? 1 : ticket.attempt());
    SagaCoordinator coordinator = SagaCoordinator.begun(this, saga, ticket != null);
    local.put(id, coordinator);
    return CompletableFuture.completedFuture(coordinator);
  }

  /**
   * The saga of that id: one that is running moves here, if another process has begun it; null if
   * there is none, or its first step has not joined yet.
   */
  @Override
  public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
    SagaCoordinator coordinator = local.get(id);
    if (coordinator != null) {
      return CompletableFuture.completedFuture(coordinator);
    }
    if (!ID.matcher(id).matches()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<CamelSagaCoordinator> mine = new CompletableFuture<>();
    CompletableFuture<CamelSagaCoordinator> first = fetching.putIfAbsent(id, mine);
    if (first != null) {
      // Not to be gone on with on the thread that completes it: that is another exchange's.
      first.exceptionally(e -> null).join();
      return first;
    }
    try {
      mine.complete(fetch(id));
    } catch (RuntimeException e) {
      mine.completeExceptionally(e);
    } finally {
      fetching.remove(id);
    }
    return mine;
  }

  private SagaCoordinator fetch(String id) {
    SagaCoordinator known = local.get(id);
    if (known != null) {
      return known;
    }
    Instant until = Instant.now().plus(settings.deadline());
    lease.await(until);
    Optional<Saga> adopted = Patience.read(until, () -> journal.adopt(lease.owner(), id));
    if (adopted.isPresent()) {
      SagaCoordinator coordinator = SagaCoordinator.joined(this, adopted.get());
      local.put(id, coordinator);
      return coordinator;
    }
    return Patience.read(until, () -> journal.find(id))
        .map(saga -> SagaCoordinator.over(this, saga))
        .orElse(null);
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

  /** How many sagas are being run by this process at this moment. */
  public int running() {
    return local.size();
  }

  /**
   * Tries a parked or compensating saga again at once, from here.
   *
   * @return the saga as it was taken; empty if there is none that can be retried
   */
  public Optional<Saga> retry(String id) {
    Optional<Saga> saga = journal.takeForRetry(lease.owner(), id);
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
    // A new owner at every start: what an earlier one left is taken over like anybody else's.
    lease = new SagaLease(journal, settings, UUID.randomUUID().toString());
    producer = camelContext.createProducerTemplate();
    workers = newWorkers();
    timer =
        camelContext.getExecutorServiceManager().newScheduledThreadPool(this, "SagaTimer", TIMERS);
    finisher = new SagaFinisher(this, producer, workers, timer);
    recovery = new SagaRecovery(this, lease.owner());
    long renewal = settings.renewal().toMillis();
    every(lease::renewIfDue, 0, Math.max(1, Math.min(renewal / 10, LOOK_MILLIS)));
    every(recovery::scan, settings.scan().toMillis(), settings.scan().toMillis());
    every(recovery::purge, PURGE_SECONDS * 1000, PURGE_SECONDS * 1000);
    every(this::timeOutOverdue, LOOK_MILLIS, LOOK_MILLIS);
  }

  private void every(Runnable task, long firstMillis, long pauseMillis) {
    timer.scheduleWithFixedDelay(task, firstMillis, pauseMillis, TimeUnit.MILLISECONDS);
  }

  /** Takes any number of tasks: a saga that waits for a worker must not hold up the timer. */
  private ExecutorService newWorkers() {
    ThreadPoolProfile profile = new ThreadPoolProfile("SagaWorker");
    profile.setPoolSize(settings.workers());
    profile.setMaxPoolSize(settings.workers());
    profile.setMaxQueueSize(Integer.MAX_VALUE);
    profile.setRejectedPolicy(ThreadPoolRejectedPolicy.Abort);
    return camelContext.getExecutorServiceManager().newThreadPool(this, "SagaWorker", profile);
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
    if (timer == null) {
      return;
    }
    camelContext.getExecutorServiceManager().shutdownNow(timer);
    camelContext.getExecutorServiceManager().shutdownGraceful(workers, END_MILLIS);
    lease.release();
    local.clear();
    producer.stop();
    timer = null;
  }

  private void timeOutOverdue() {
    Instant now = Instant.now();
    for (SagaCoordinator coordinator : local.values()) {
      coordinator.timeOutIfOverdue(now);
    }
  }

  /** The task for another thread, with what belongs to this one. */
  Runnable carry(String sagaId, Runnable task) {
    Map<String, String> context = MDC.getCopyOfContextMap();
    Map<String, String> entries = context == null ? new HashMap<>() : context;
    entries.put(LOGGED, sagaId);
    Runnable carried = carrier.apply(task);
    return () -> {
      MDC.setContextMap(entries);
      try {
        carried.run();
      } finally {
        MDC.clear();
      }
    };
  }

  void tell(Consumer<SagaListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      LOG.error("A saga listener failed", e);
    }
  }

  void forget(SagaCoordinator coordinator) {
    local.remove(coordinator.getId(), coordinator);
  }

  /** Those of the sagas that no thread of this process runs or finishes. */
  List<String> withoutThoseAtWork(List<String> ids) {
    Set<String> finishing = finisher.ids();
    return ids.stream().filter(id -> !finishing.contains(id) && !local.containsKey(id)).toList();
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

  SagaLease lease() {
    return lease;
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
