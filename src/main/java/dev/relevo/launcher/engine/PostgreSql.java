package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL, from zonky's binaries. */
record PostgreSql() implements Product {
  @Override
  public String label() {
    return "PostgreSQL";
  }

  @Override
  public String version() {
    return "17.6";
  }

  @Override
  public String series() {
    return "17";
  }

  @Override
  public String key() {
    return "postgres";
  }

  @Override
  public Distribution distribution() {
    return new Distribution(
        "postgres-" + version(),
        "postgres-linux-x86_64.txz",
        path -> !path.contains("/pgxs/") && !path.endsWith(".a"));
  }

  @Override
  public String program() {
    return "bin/postgres";
  }

  @Override
  public String secret(Path home, String adminPassword) {
    return adminPassword + "\n";
  }

  @Override
  public List<String> initialise(Path home, Path data, Path secret) {
    return command(
        home,
        "bin/initdb",
        "-D",
        data.toString(),
        "--username=" + ADMIN,
        "--pwfile=" + secret,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions");
  }

  @Override
  public Path initialiseInput(Path secret) {
    return Path.of("/dev/null");
  }

  @Override
  public List<String> dataArguments(Path data) {
    return List.of("-D", data.toString());
  }

  /**
   * After a crash {@code postmaster.pid} names a process id that may be anyone's by now, and then
   * PostgreSQL refuses to start. The file goes unless that process is a PostgreSQL.
   */
  @Override
  public void clean(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (Files.exists(file)) {
      String pid = Files.readString(file).lines().findFirst().orElse("").strip();
      if (pid.matches("[0-9]+")
          && Host.commandLine(Long.parseLong(pid)).stream()
              .limit(1)
              .noneMatch(program -> program.contains("postgres"))) {
        Files.delete(file);
      }
    }
  }

  @Override
  public List<String> serve(Path home, Path data, int port) {
    List<String> command = command(home, program());
    command.addAll(dataArguments(data));
    for (String setting :
        List.of(
            "port=" + port,
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "timezone=UTC",
            "log_timezone=UTC",
            "max_connections=200",
            "shared_buffers=96MB",
            "max_wal_size=256MB")) {
      command.add("-c");
      command.add(setting);
    }
    return command;
  }

  /**
   * PostgreSQL refuses to run as root. In a user namespace of its own, which maps root to nobody,
   * it cannot tell, and its files need no other owner.
   */
  private static List<String> command(Path home, String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (Host.isRoot()) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(home.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** By SIGINT, for on SIGTERM PostgreSQL waits until its clients have gone. */
  @Override
  public void stop(Path home, ProcessHandle server) throws IOException {
    new ProcessBuilder(command(home, "bin/pg_ctl", "kill", "INT", String.valueOf(server.pid())))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Override
  public Driver driver() {
    return new org.postgresql.Driver();
  }

  @Override
  public String jdbcUrl(int port, Path data, String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable&gssEncMode=disable"
        .formatted(port, database);
  }

  @Override
  public String adminDatabase() {
    return "postgres";
  }

  @Override
  public void createDatabase(
      Connection admin, Admin connections, DatabaseAccess access, String database)
      throws SQLException {
    String app = access.appUser();
    String migrator = access.migratorUser();
    try (Statement sql = admin.createStatement()) {
      // Else a statement that fails would be in the log with its password.
      sql.execute("SET log_min_error_statement = panic");
      createUser(sql, migrator, access.migratorPassword());
      createUser(sql, app, access.appPassword());
      if (!exists(sql, "SELECT 1 FROM pg_database WHERE datname = '" + database + "'")) {
        sql.execute("CREATE DATABASE " + database + " OWNER " + migrator);
      }
      sql.execute("REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
      sql.execute("GRANT CONNECT ON DATABASE " + database + " TO " + app);
    }
    try (Connection inside = connections.connect(database);
        Statement sql = inside.createStatement()) {
      // What the migrator will create is the app's to use, as default privileges say.
      String future = "ALTER DEFAULT PRIVILEGES FOR ROLE " + migrator + " IN SCHEMA public ";
      sql.execute(future + "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO " + app);
      sql.execute(future + "GRANT USAGE, SELECT ON SEQUENCES TO " + app);
    }
  }

  private static void createUser(Statement sql, String user, String password) throws SQLException {
    if (!exists(sql, "SELECT 1 FROM pg_roles WHERE rolname = '" + user + "'")) {
      sql.execute("CREATE ROLE " + user + " LOGIN PASSWORD '" + password + "'");
    }
  }

  private static boolean exists(Statement sql, String query) throws SQLException {
    try (ResultSet row = sql.executeQuery(query)) {
      return row.next();
    }
  }
}
