package dev.relevo.launcher.engine;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;

/** MySQL, from Kill Bill's binaries. */
record MySql() implements Product {
  @Override
  public String label() {
    return "MySQL";
  }

  @Override
  public String version() {
    return "8.0.31";
  }

  @Override
  public String series() {
    return "8.0";
  }

  @Override
  public String key() {
    return "mysql";
  }

  @Override
  public Distribution distribution() {
    return new Distribution(
        "mysql-" + version(),
        "mysql-Linux-amd64.tar.gz",
        path ->
            path.equals(program())
                || path.startsWith("lib/")
                || path.startsWith("share/charsets/")
                || path.startsWith("share/english/")
                || path.startsWith("share/messages_to_"));
  }

  @Override
  public String program() {
    return "bin/mysqld";
  }

  @Override
  public String secret(Path home, String adminPassword) {
    return MySqlFamily.createAdmin(adminPassword) + "DROP USER 'root'@'localhost';\n";
  }

  @Override
  public List<String> initialise(Path home, Path data, Path secret) {
    // "Insecure" is only root's empty password: the init file drops that account before the server
    // is ever reachable.
    return MySqlFamily.command(
        home,
        program(),
        data,
        "--initialize-insecure",
        "--init-file=" + secret,
        "--skip-log-bin",
        "--auto-generate-certs=OFF",
        "--innodb-redo-log-capacity=64M");
  }

  @Override
  public Path initialiseInput(Path secret) {
    return Path.of("/dev/null");
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
    command.add("--mysqlx=OFF");
    // Threads that write the log by themselves spin while they wait; they pay from many cores on.
    command.add("--innodb-log-writer-threads=OFF");
    // No TLS, for nothing leaves this machine.
    command.add("--tls-version=");
    command.add("--auto-generate-certs=OFF");
    command.add("--secure-file-priv=NULL");
    command.add("--innodb-redo-log-capacity=64M");
    // Compares as PostgreSQL does: case and trailing spaces count.
    command.add("--collation-server=utf8mb4_0900_bin");
    return command;
  }

  @Override
  public void stop(Path home, ProcessHandle server) {
    server.destroy();
  }

  @Override
  public Driver driver() throws SQLException {
    return new com.mysql.cj.jdbc.Driver();
  }

  @Override
  public String jdbcUrl(int port, Path data, String database) {
    // Without TLS a password goes over the wire encrypted with the server's public key, which is
    // read from its data folder and not asked from whoever answers on the port.
    String key =
        URLEncoder.encode(data.resolve("public_key.pem").toString(), StandardCharsets.UTF_8);
    return "jdbc:mysql://127.0.0.1:%d/%s?sslMode=DISABLED&serverRSAPublicKeyFile=%s"
        .formatted(port, database, key);
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
