package dev.relevo.saga;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** What differs between the engines a journal can be kept on. */
enum JournalDialect {
  POSTGRESQL("cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"),
  /** MySQL 8 and MariaDB 10.6 or newer. */
  MYSQL("cast(unix_timestamp(sysdate(3)) * 1000 as signed)");

  private final String now;

  JournalDialect(String now) {
    this.now = now;
  }

  /** An expression for the engine's clock, in milliseconds since 1970. */
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
