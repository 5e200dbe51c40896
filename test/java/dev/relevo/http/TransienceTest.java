package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

class TransienceTest {

  static Stream<Arguments> failures() {
    return Stream.of(
        // pools and connections
        arguments(true, new SQLTransientConnectionException("pool: Connection is not available")),
        arguments(true, new SQLRecoverableException("closed")),
        arguments(true, new SQLNonTransientConnectionException("Socket error", "08000")),
        arguments(true, new SQLTimeoutException("login timeout")),
        arguments(true, new CannotGetJdbcConnectionException("no", new SQLException("refused"))),
        arguments(true, new CannotCreateTransactionException("no")),
        arguments(true, new DataAccessResourceFailureException("gone")),
        arguments(
            true, new SQLException("An I/O error occurred while sending to the backend.", "08006")),
        // deadlocks and serialization
        arguments(true, new SQLTransactionRollbackException("deadlock", "40001", 1213)),
        arguments(true, new SQLException("could not serialize access", "40001")),
        arguments(true, new SQLException("deadlock detected", "40P01")),
        arguments(true, new SQLException("Lock wait timeout exceeded", "HY000", 1205)),
        arguments(true, new SQLException("could not obtain lock", "55P03")),
        arguments(true, new CannotAcquireLockException("deadlock")),
        // read-only, shutting down, too busy
        arguments(
            true,
            new SQLException("The MariaDB server is running with --read-only", "HY000", 1290)),
        arguments(true, new SQLException("Running in read-only mode", "HY000", 1836)),
        arguments(
            true,
            new SQLException("Cannot execute statement in a READ ONLY transaction", "25006", 1792)),
        arguments(
            true, new SQLException("cannot execute UPDATE in a read-only transaction", "25006")),
        arguments(
            true, new SQLException("terminating connection due to administrator command", "57P01")),
        arguments(true, new SQLException("the database system is starting up", "57P03")),
        arguments(true, new SQLException("sorry, too many clients already", "53300")),
        arguments(true, new SQLException("Too many connections", "08004", 1040)),
        arguments(true, uncategorized(new SQLException("Connection was killed", "70100", 1927))),
        arguments(
            true,
            new TransactionSystemException(
                "Could not commit", new SQLException("Connection reset", "08006"))),
        // the network
        arguments(true, new ConnectException("Connection refused")),
        arguments(true, new SocketException("Connection reset")),
        arguments(true, new SocketTimeoutException("Read timed out")),
        arguments(true, new UnknownHostException("mariadb")),
        arguments(true, new HttpTimeoutException("request timed out")),
        arguments(true, new NoAnswerException("B answered 503")),
        arguments(
            true,
            CallNotPermittedException.createCallNotPermittedException(
                CircuitBreaker.ofDefaults("inventory-a"))),
        arguments(true, new NoHttpResponseException("failed to respond")),
        arguments(true, new TimeoutException()),
        arguments(true, new DirectConsumerNotAvailableException("direct:x", null)),
        arguments(true, new HttpOperationFailedException("http://a", 503, "", null, Map.of(), "")),
        arguments(
            true, new RuntimeCamelException(new IOException(new ConnectException("refused")))),
        // what comes again
        arguments(false, new HttpOperationFailedException("http://a", 409, "", null, Map.of(), "")),
        arguments(false, new SQLIntegrityConstraintViolationException("duplicate", "23000", 1062)),
        arguments(false, new SQLSyntaxErrorException("syntax", "42000", 1064)),
        arguments(false, new SQLException("value too long", "22001")),
        arguments(false, new SQLException("no state")),
        arguments(false, new SQLException("odd state", "40")),
        arguments(false, new DuplicateKeyException("duplicate")),
        arguments(
            false, new BadSqlGrammarException("t", "s", new SQLException("no table", "42P01"))),
        arguments(false, new FileNotFoundException("x")),
        arguments(false, new IllegalStateException("x")),
        arguments(false, new OutOfMemoryError("x")),
        arguments(false, null));
  }

  private static UncategorizedSQLException uncategorized(SQLException cause) {
    return new UncategorizedSQLException("task", "sql", cause);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void tellsWhatPassesFromWhatComesAgain(boolean passes, Throwable failure) {
    assertThat(Transience.isTransient(failure)).isEqualTo(passes);
  }

  @Test
  void endsOnACircleOfCauses() {
    IllegalStateException a = new IllegalStateException("a");
    a.initCause(new IllegalStateException("b", a));

    assertThat(Transience.isTransient(a)).isFalse();
  }
}
