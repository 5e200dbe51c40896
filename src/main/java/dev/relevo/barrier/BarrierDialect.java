package dev.relevo.barrier;

import java.util.Locale;

/** What the engines do not agree on. */
enum BarrierDialect {
  /** An error would end the transaction, so a row that is there must not be one. */
  POSTGRESQL(
      " ON CONFLICT DO NOTHING", " ON CONFLICT DO NOTHING", "now() - make_interval(secs => ?)"),
  /**
   * MySQL and MariaDB. A duplicate key is an error of the statement alone, and the only way to
   * tell: with found rows counted, {@code ON DUPLICATE KEY UPDATE} counts 1 either way. It is used
   * where that does not matter, for it locks the row for update at once, whereas a failed insert
   * leaves a shared lock, with which two of them would deadlock.
   */
  MYSQL("", " ON DUPLICATE KEY UPDATE op = op", "UTC_TIMESTAMP(6) - INTERVAL ? SECOND");

  private final String ifAbsent;
  private final String orLock;
  private final String secondsAgo;

  BarrierDialect(String ifAbsent, String orLock, String secondsAgo) {
    this.ifAbsent = ifAbsent;
    this.orLock = orLock;
    this.secondsAgo = secondsAgo;
  }

  /**
   * The dialect of a JDBC URL.
   *
   * @throws IllegalArgumentException if it is of no engine that the barrier knows
   */
  static BarrierDialect of(String jdbcUrl) {
    String[] parts = jdbcUrl.toLowerCase(Locale.ROOT).split(":", 3);
    String engine = parts.length > 1 ? parts[1] : "";
    return switch (engine) {
      case "postgresql" -> POSTGRESQL;
      case "mysql", "mariadb" -> MYSQL;
      default ->
          throw new IllegalArgumentException(
              "The barrier knows PostgreSQL, MySQL and MariaDB, not \"" + engine + "\".");
    };
  }

  /** Ends an INSERT that does not happen, or fails with a duplicate key, if the row is there. */
  String ifAbsent() {
    return ifAbsent;
  }

  /** Ends an INSERT that leaves a row as it is if it is there. */
  String orLock() {
    return orLock;
  }

  /** The instant a number of seconds ago, by the database's clock. */
  String secondsAgo() {
    return secondsAgo;
  }
}
