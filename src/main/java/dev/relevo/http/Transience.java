package dev.relevo.http;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.camel.ExchangeTimedOutException;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionTimedOutException;

/**
 * Tells a failure that passes by itself (a database failing over, a deadlock, a lost connection)
 * from one that comes again. The first is answered with 503, the second with 500.
 */
public final class Transience {

  private static final Set<Class<?>> TRANSIENT =
      Set.of(
          SQLTransientException.class,
          SQLRecoverableException.class,
          SQLNonTransientConnectionException.class,
          TransientDataAccessException.class,
          RecoverableDataAccessException.class,
          DataAccessResourceFailureException.class,
          CannotCreateTransactionException.class,
          TransactionTimedOutException.class,
          SocketException.class,
          UnknownHostException.class,
          InterruptedIOException.class,
          HttpTimeoutException.class,
          NoAnswerException.class,
          CallNotPermittedException.class,
          NoHttpResponseException.class,
          ConnectionClosedException.class,
          TimeoutException.class,
          // The role is starting or stopping: its routes are not all there.
          DirectConsumerNotAvailableException.class,
          ExchangeTimedOutException.class);

  /**
   * Connection exceptions, transaction rollbacks (serialization, deadlock), insufficient resources.
   */
  private static final Set<String> SQL_STATE_CLASSES = Set.of("08", "40", "53");

  /**
   * PostgreSQL, appendix A: read-only transaction (a standby, or a primary that was demoted), lock
   * not available, and the shutdowns admin_shutdown, crash_shutdown, cannot_connect_now.
   */
  private static final Set<String> SQL_STATES = Set.of("25006", "55P03", "57P01", "57P02", "57P03");

  /**
   * MySQL and MariaDB: too many connections (1040), server shutdown (1053), network errors (1158 to
   * 1161), lock wait time-out (1205), deadlock (1213), read-only (1290, 1792, 1836), connection
   * killed (1927), server gone or lost (2006, 2013).
   */
  private static final Set<Integer> MYSQL_CODES =
      Set.of(1040, 1053, 1158, 1159, 1160, 1161, 1205, 1213, 1290, 1792, 1836, 1927, 2006, 2013);

  private Transience() {}

  /** Whether this failure, or one that caused it, may be gone when the same is tried again. */
  public static boolean isTransient(Throwable failure) {
    int depth = 0;
    for (Throwable cause = failure;
        cause != null && depth < 50;
        cause = cause.getCause(), depth++) {
      if (isTransientItself(cause)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isTransientItself(Throwable failure) {
    for (Class<?> type : TRANSIENT) {
      if (type.isInstance(failure)) {
        return true;
      }
    }
    if (failure instanceof SQLException sql) {
      return isTransient(sql);
    }
    return failure instanceof HttpOperationFailedException http && http.getStatusCode() >= 500;
  }

  private static boolean isTransient(SQLException failure) {
    String state = failure.getSQLState();
    if (state != null
        && (SQL_STATES.contains(state)
            || state.length() == 5 && SQL_STATE_CLASSES.contains(state.substring(0, 2)))) {
      return true;
    }
    return MYSQL_CODES.contains(failure.getErrorCode());
  }
}
