package dev.relevo.saga;

import com.zaxxer.hikari.HikariDataSource;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.Engine;
import dev.relevo.launcher.engine.TestEngines;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;

/** An empty, migrated journal on a real engine. */
final class JournalDatabase {
  private final DatabaseAccess access;
  private final int port;

  private JournalDatabase(DatabaseAccess access, int port) {
    this.access = access;
    this.port = port;
  }

  private static JournalDatabase on(Engine engine, String migrations) {
    DatabaseAccess access = TestEngines.freshDatabase(engine);
    Flyway.configure()
        .dataSource(access.jdbcUrl(), access.migratorUser(), access.migratorPassword())
        .locations("classpath:routes/db/migration/" + migrations)
        .load()
        .migrate();
    return new JournalDatabase(access, engine.port());
  }

  static JournalDatabase onPostgres() {
    return on(TestEngines.postgres(), "postgresql");
  }

  static JournalDatabase onMySql() {
    return on(TestEngines.mysql(), "mysql");
  }

  static JournalDatabase onMariaDb() {
    return on(TestEngines.mariadb(), "mysql");
  }

  /** The server's port. */
  int port() {
    return port;
  }

  /** The database's name. */
  String name() {
    String path = URI.create(access.jdbcUrl().substring("jdbc:".length())).getPath();
    return path.substring(1);
  }

  DatabaseAccess access() {
    return access;
  }

  /** A pool as a service would have, with time-outs below half a quick lease. */
  HikariDataSource pool() {
    return pool(port);
  }

  /** The same by way of another port. */
  HikariDataSource pool(int throughPort) {
    return pool(
        access.jdbcUrl().replace(":" + port + "/", ":" + throughPort + "/"),
        access.appUser(),
        access.appPassword());
  }

  static HikariDataSource pool(String jdbcUrl, String user, String password) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(jdbcUrl);
    pool.setUsername(user);
    pool.setPassword(password);
    pool.setMaximumPoolSize(8);
    pool.setMinimumIdle(1);
    pool.setConnectionTimeout(500);
    pool.setValidationTimeout(250);
    pool.setInitializationFailTimeout(-1);
    boolean seconds = jdbcUrl.startsWith("jdbc:postgresql:");
    pool.addDataSourceProperty("connectTimeout", seconds ? "1" : "500");
    pool.addDataSourceProperty("socketTimeout", seconds ? "2" : "2000");
    return pool;
  }

  /** The first column of a query's rows, as text. */
  List<String> query(String sql, Object... parameters) throws SQLException {
    // Not from a pool: what a test asks for has time, whatever the service's own time-outs are.
    try (Connection connection =
            DriverManager.getConnection(access.jdbcUrl(), access.appUser(), access.appPassword());
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<String> found = new ArrayList<>();
      if (statement.execute()) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            found.add(rows.getString(1));
          }
        }
      }
      return found;
    }
  }
}
