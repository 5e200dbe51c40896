package dev.relevo.role;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.util.Set;

/**
 * Closes a pooled connection whose server has become read-only. Such a connection works, so the
 * pool would keep it, and with it the primary that was demoted; the next one leads to the new
 * primary.
 */
public final class DemotedPrimaryOverride implements SQLExceptionOverride {
  /** PostgreSQL: read_only_sql_transaction. */
  private static final String POSTGRESQL = "25006";

  /** MySQL and MariaDB: ER_OPTION_PREVENTS_STATEMENT, ER_READ_ONLY_MODE. */
  private static final Set<Integer> MYSQL = Set.of(1290, 1836);

  @java.lang.Override
  public Override adjudicate(SQLException failure) {
    return POSTGRESQL.equals(failure.getSQLState()) || MYSQL.contains(failure.getErrorCode())
        ? Override.MUST_EVICT
        : Override.CONTINUE_EVICT;
  }
}
