package dev.relevo.saga;

import javax.sql.DataSource;

/**
 * The saga service on a database: bind one in a Camel application with a {@link DataSource} on
 * PostgreSQL, MySQL or MariaDB, add the migration, and its Saga EIP routes are durable.
 */
public final class JdbcSagaService extends JournaledSagaService {

  /** A service with {@linkplain SagaSettings#defaults() default numbers} that stores no answers. */
  public JdbcSagaService(DataSource dataSource) {
    this(dataSource, SagaSettings.defaults(), new SagaOutcomes() {});
  }

  /**
   * @param dataSource as {@link JdbcSagaJournal} asks for
   * @param settings the service's numbers
   * @param outcomes how exchanges become stored answers and back
   */
  public JdbcSagaService(DataSource dataSource, SagaSettings settings, SagaOutcomes outcomes) {
    super(new JdbcSagaJournal(dataSource), settings, outcomes);
  }

  /**
   * As {@link #JdbcSagaService(DataSource, SagaSettings, SagaOutcomes)}.
   *
   * @param listener is told what this process does to sagas
   */
  public JdbcSagaService(
      DataSource dataSource, SagaSettings settings, SagaOutcomes outcomes, SagaListener listener) {
    super(new JdbcSagaJournal(dataSource), settings, outcomes, listener);
  }
}
