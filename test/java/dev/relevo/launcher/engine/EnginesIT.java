package dev.relevo.launcher.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnginesIT {
  private static final Path DISTRIBUTIONS =
      Path.of("target", "test-engines", "distributions").toAbsolutePath();

  @TempDir Path data;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();

  private Engines open() {
    return Engines.in(
        data,
        DISTRIBUTIONS,
        Ports.FREE,
        sentence -> {
          said.add(sentence);
          System.out.println(sentence);
        });
  }

  @Test
  void aRowIsFoundAgainAfterARestart() throws Exception {
    try (Engines engines = open()) {
      engines.start().get(60, TimeUnit.SECONDS);
      for (DatabaseAccess access : all(engines)) {
        asMigrator(access, "CREATE TABLE kept (id INT PRIMARY KEY)");
        asApp(access, "INSERT INTO kept VALUES (42)");
      }
    }
    try (Engines engines = open()) {
      engines.start().get(60, TimeUnit.SECONDS);
      for (DatabaseAccess access : all(engines)) {
        assertThat(query(access, "SELECT id FROM kept")).isEqualTo("42");
        assertThatThrownBy(() -> asApp(access, "CREATE TABLE other (id INT)"))
            .isInstanceOf(SQLException.class);
      }
    }
  }

  private static List<DatabaseAccess> all(Engines engines) {
    return List.of(engines.inventory(), engines.orders(), engines.saga(), engines.reports());
  }

  private static void asMigrator(DatabaseAccess access, String sql) throws SQLException {
    execute(access, access.migratorUser(), access.migratorPassword(), sql);
  }

  private static void asApp(DatabaseAccess access, String sql) throws SQLException {
    execute(access, access.appUser(), access.appPassword(), sql);
  }

  private static void execute(DatabaseAccess access, String user, String password, String sql)
      throws SQLException {
    try (Connection connection = DriverManager.getConnection(access.jdbcUrl(), user, password);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(DatabaseAccess access, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(access.jdbcUrl(), access.appUser(), access.appPassword());
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}
