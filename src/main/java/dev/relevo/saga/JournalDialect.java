package dev.relevo.saga;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** What differs between the engines a journal can be kept on. */
enum JournalDialect {
  POSTGRESQL("cast(extract(epoch from statement_timestamp()) * 1000 as bigint)"),
  /** MySQL 8 and MariaDB 10.6 or newer. */
  MYSQL("(timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000)");

  private final String now;

  JournalDialect(String now) {
    this.now = now;
  }

  /**
   * An expression for the engine's clock, in milliseconds since 1970, whatever the time zone. It is
   * the time at which the statement began, the same wherever it stands in it: a statement that was
   * stopped half-way must not find one lease good and the other one run out.
   */
  String now() {
    return now;
  }

  static JournalDialect of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return switch (product.toLowerCase(Locale.ROOT)) {
      case "postgresql" -> POSTGRESQL;
      case "mysql", "mariadb" -> MYSQL;
      default ->
          throw new IllegalArgumentException(
              "A saga journal can be kept on PostgreSQL, MySQL or MariaDB, not on " + product);
    };
  }
}
