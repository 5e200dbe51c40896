package dev.relevo.barrier;

import static org.apache.camel.model.ProcessorDefinitionHelper.filterTypeInOutputs;

import java.time.Clock;
import javax.sql.DataSource;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Policy;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the steps of a route one transaction that takes effect once, whatever is repeated or comes
 * late: {@code policy: {ref: barrier, steps: [...]}}.
 *
 * <p>The steps find the request as a message whose body is a parsed JSON object, and leave the
 * answer: body, {@code Content-Type}, {@code Location} and {@code CamelHttpResponseCode}, by
 * default 200. An answer of 400 or more, or an exception, undoes them. They run on one thread, and
 * whatever reaches the database through Spring takes part in the transaction.
 */
public final class BarrierPolicy implements Policy {
  private final Barrier barrier;
  private final CallReader calls;
  private final Problems problems;
  private final BarrierTable table;
  private final TransactionTemplate transaction;
  private final BarrierSettings settings;

  /**
   * @param dataSource the participant's database, READ COMMITTED
   * @param jdbcUrl its URL, which tells the engine
   * @param scope within which a client's Idempotency-Key names one request
   * @param listener is told of each call that took no effect
   * @throws IllegalArgumentException if the engine is not known
   */
  public BarrierPolicy(
      DataSource dataSource,
      String jdbcUrl,
      String scope,
      Problems problems,
      BarrierSettings settings,
      BarrierListener listener) {
    this.problems = problems;
    this.settings = settings;
    this.transaction = new TransactionTemplate(new BarrierTransactions(dataSource));
    this.table = new BarrierTable(new JdbcTemplate(dataSource), BarrierDialect.of(jdbcUrl));
    this.calls = new CallReader(scope, problems);
    this.barrier =
        new Barrier(transaction, table, problems, Clock.systemUTC(), settings.enabled(), listener);
  }

  /**
   * Takes the route's error handler off the steps: an error that is handled inside would look like
   * an answer, and be committed.
   */
  @Override
  public void beforeWrap(Route route, NamedNode definition) {
    withoutErrorHandler((ProcessorDefinition<?>) definition);
  }

  private static void withoutErrorHandler(ProcessorDefinition<?> node) {
    node.setInheritErrorHandler(false);
    for (ProcessorDefinition<?> step : node.getOutputs()) {
      withoutErrorHandler(step);
    }
  }

  /** Gives the error handler back to the policy itself, whose steps have been made by now. */
  @Override
  public Processor wrap(Route route, Processor steps) {
    RouteDefinition definition = (RouteDefinition) route.getRoute();
    filterTypeInOutputs(definition.getOutputs(), PolicyDefinition.class)
        .forEach(policy -> policy.setInheritErrorHandler(null));
    return new BarrierProcessor(barrier, calls, problems, steps);
  }

  /**
   * Deletes outcomes that are older than the retention, one batch per transaction.
   *
   * @return how many were deleted
   */
  public int purge() {
    int purged = 0;
    int batch;
    do {
      Integer deleted =
          transaction.execute(status -> table.purge(settings.retention(), settings.purgeBatch()));
      batch = deleted == null ? 0 : deleted;
      purged += batch;
    } while (batch == settings.purgeBatch());
    return purged;
  }
}
