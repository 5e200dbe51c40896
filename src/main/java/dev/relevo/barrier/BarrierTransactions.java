package dev.relevo.barrier;

import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Transactions that end with what went wrong first. When a connection is lost, so is the rollback
 * that Spring tries on it, and the exception that it throws in place of the first does not tell
 * that the same request may succeed later.
 */
final class BarrierTransactions extends JdbcTransactionManager {
  private static final Logger log = LoggerFactory.getLogger(BarrierTransactions.class);
  private static final long serialVersionUID = 1L;

  BarrierTransactions(DataSource dataSource) {
    super(dataSource);
  }

  /**
   * Commits.
   *
   * @throws TransactionSystemException if the outcome is not known; other than an exception of
   *     another type, it does not make Spring roll back
   */
  @Override
  protected void doCommit(DefaultTransactionStatus status) {
    try {
      super.doCommit(status);
    } catch (TransactionException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new TransactionSystemException("The commit failed", e);
    }
  }

  /** Rolls back; on a connection that was lost the server does, and the pool throws it away. */
  @Override
  protected void doRollback(DefaultTransactionStatus status) {
    try {
      super.doRollback(status);
    } catch (RuntimeException e) {
      log.debug("The rollback failed, so the connection is of no use any more", e);
    }
  }
}
