package dev.relevo.launcher.engine;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs single statements on a database, as one of its two users. */
final class Sql {
  private Sql() {}

  static void asMigrator(DatabaseAccess access, String sql) throws SQLException {
    execute(access.jdbcUrl(), access.migratorUser(), access.migratorPassword(), sql);
  }

  static void asApp(DatabaseAccess access, String sql) throws SQLException {
    execute(access.jdbcUrl(), access.appUser(), access.appPassword(), sql);
  }

  /** The first row's columns. */
  static List<String> query(DatabaseAccess access, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(access.jdbcUrl(), access.appUser(), access.appPassword());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> row = new ArrayList<>();
      rows.next();
      for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
        row.add(rows.getString(column));
      }
      return row;
    }
  }

  private static void execute(String url, String user, String password, String sql)
      throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
