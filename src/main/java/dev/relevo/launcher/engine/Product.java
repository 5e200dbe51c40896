package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/** What one database product has of its own; stateless. */
sealed interface Product permits MariaDb, PostgreSql, MySql {
  /** The user that only the launcher uses. */
  String ADMIN = "relevo_admin";

  /** Name for people, such as {@code PostgreSQL}. */
  String label();

  String version();

  /** Version numbers of one series read each other's data folders. */
  String series();

  /** Name for files and properties, such as {@code postgres}. */
  String key();

  Distribution distribution();

  /** Path of the server's program inside its unpacked distribution. */
  String program();

  /** The SQL or password the initialisation needs; kept in a file that only its owner may read. */
  String secret(Path home, String adminPassword) throws IOException;

  /** The command that creates an empty data folder with one account, {@link #ADMIN}. */
  List<String> initialise(Path home, Path data, Path secret);

  /** What the initialisation reads on its standard input. */
  Path initialiseInput(Path secret);

  /** The arguments that name the data folder, by which a running server is recognised. */
  List<String> dataArguments(Path data);

  /** Removes what a crash may have left in the data folder and would hinder the start. */
  void clean(Path data) throws IOException;

  /** The command that serves the data folder, in the foreground, on 127.0.0.1 only. */
  List<String> serve(Path home, Path data, int port);

  /** Asks a running server to shut down without waiting for its clients. */
  void stop(Path home, ProcessHandle server) throws IOException;

  Driver driver() throws SQLException;

  String jdbcUrl(int port, Path data, String database);

  /** The database to which {@link #ADMIN} connects. */
  String adminDatabase();

  /** Creates what is not there yet of a database and its two users. */
  void createDatabase(Connection admin, Admin connections, DatabaseAccess access, String database)
      throws SQLException;

  /** Opens connections as {@link #ADMIN}. */
  @FunctionalInterface
  interface Admin {
    Connection connect(String database) throws SQLException;
  }

  /** Opens a connection of {@link #ADMIN}. */
  default Connection connect(int port, Path data, String database, String password)
      throws SQLException {
    Properties user = new Properties();
    user.setProperty("user", ADMIN);
    user.setProperty("password", password);
    return driver().connect(jdbcUrl(port, data, database), user);
  }
}
