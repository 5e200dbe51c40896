package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What MariaDB and MySQL have in common. */
final class MySqlFamily {
  private MySqlFamily() {}

  static List<String> command(Path home, String program, Path data, String... more) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve(program).toString());
    command.add("--no-defaults");
    command.add("--basedir=" + home);
    command.addAll(dataArguments(data));
    if (Host.isRoot()) {
      command.add("--user=root");
    }
    command.addAll(List.of(more));
    return command;
  }

  static List<String> dataArguments(Path data) {
    return List.of("--datadir=" + data);
  }

  /** Durable, reachable over TCP on 127.0.0.1 only, and small. */
  static List<String> serverOptions(int port) {
    return List.of(
        "--port=" + port,
        "--bind-address=127.0.0.1",
        // Relative, so to the data folder: an absolute path may not exceed about 100 characters.
        "--socket=server.sock",
        "--pid-file=server.pid",
        "--skip-name-resolve",
        "--innodb-flush-log-at-trx-commit=1",
        // There is no replica to feed: the engine's own log makes a commit durable, once instead of
        // twice.
        "--skip-log-bin",
        "--character-set-server=utf8mb4",
        "--transaction-isolation=READ-COMMITTED",
        "--default-time-zone=+00:00",
        "--local-infile=OFF",
        "--performance-schema=OFF",
        "--max-connections=200",
        "--innodb-buffer-pool-size=96M");
  }

  /**
   * After a crash the socket's lock file names a process id that may be anyone's by now, and then
   * the server refuses to start. That no server of this data folder runs has been seen before.
   */
  static void clean(Path data) throws IOException {
    Files.deleteIfExists(data.resolve("server.sock"));
    Files.deleteIfExists(data.resolve("server.sock.lock"));
  }

  static String createAdmin(String password) {
    return """
        CREATE USER '%1$s'@'127.0.0.1' IDENTIFIED BY '%2$s';
        GRANT ALL PRIVILEGES ON *.* TO '%1$s'@'127.0.0.1' WITH GRANT OPTION;
        """
        .formatted(Product.ADMIN, password);
  }

  static void createDatabase(Connection admin, DatabaseAccess access, String database)
      throws SQLException {
    try (Statement sql = admin.createStatement()) {
      sql.execute("CREATE DATABASE IF NOT EXISTS `" + database + "`");
      createUser(sql, access.migratorUser(), access.migratorPassword());
      createUser(sql, access.appUser(), access.appPassword());
      grant(sql, "ALL PRIVILEGES", database, access.migratorUser());
      grant(sql, "SELECT, INSERT, UPDATE, DELETE", database, access.appUser());
    }
  }

  private static void createUser(Statement sql, String user, String password) throws SQLException {
    sql.execute(
        "CREATE USER IF NOT EXISTS '%s'@'127.0.0.1' IDENTIFIED BY '%s'".formatted(user, password));
  }

  private static void grant(Statement sql, String what, String database, String user)
      throws SQLException {
    // In a grant an underscore stands for any character unless escaped.
    sql.execute(
        "GRANT %s ON `%s`.* TO '%s'@'127.0.0.1'"
            .formatted(what, database.replace("_", "\\_"), user));
  }
}
