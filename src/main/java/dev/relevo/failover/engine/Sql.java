package dev.relevo.failover.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Plain JDBC, with rows as text. No statement has a time-out: the connection's sockets have. */
final class Sql {
  private Sql() {}

  /** The statement in {@code watchdogs/<file>} on the class path, without its comments. */
  static String file(String file) {
    try (InputStream in = Sql.class.getClassLoader().getResourceAsStream("watchdogs/" + file)) {
      if (in == null) {
        throw new IllegalStateException("watchdogs/" + file + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.strip().startsWith("--"))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One row of a result; names are in lower case, absent values are {@code ""}. */
  record Row(Map<String, String> values) {
    /**
     * @throws IllegalArgumentException if there is no such column
     */
    String get(String column) {
      String value = values.get(column);
      if (value == null) {
        throw new IllegalArgumentException("no column " + column + " in " + values.keySet());
      }
      return value;
    }

    boolean is(String column, String value) {
      return get(column).equalsIgnoreCase(value);
    }
  }

  static List<Row> rows(Connection connection, String query, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
          rows.add(row(result));
        }
        return rows;
      }
    }
  }

  /** The only row. */
  static Row row(Connection connection, String query, String... parameters) throws SQLException {
    List<Row> rows = rows(connection, query, parameters);
    if (rows.size() != 1) {
      throw new SQLException(rows.size() + " rows instead of one");
    }
    return rows.get(0);
  }

  /**
   * The results of several queries, asked and answered in this order and in one round trip, where
   * the driver takes several statements at once.
   */
  static List<List<Row>> results(Connection connection, String... queries) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      List<List<Row>> results = new ArrayList<>();
      boolean more = statement.execute(String.join(";\n", queries));
      while (more) {
        try (ResultSet result = statement.getResultSet()) {
          List<Row> rows = new ArrayList<>();
          while (result.next()) {
            rows.add(row(result));
          }
          results.add(rows);
        }
        more = statement.getMoreResults();
      }
      if (results.size() != queries.length) {
        throw new SQLException(results.size() + " results instead of " + queries.length);
      }
      return results;
    }
  }

  /** A result of two columns, {@code name} and {@code value}, as one row; names in lower case. */
  static Row pairs(Connection connection, String query) throws SQLException {
    return pairs(rows(connection, query));
  }

  static Row pairs(List<Row> rows) {
    Map<String, String> values = new HashMap<>();
    for (Row row : rows) {
      values.put(row.get("name").toLowerCase(Locale.ROOT), row.get("value"));
    }
    return new Row(values);
  }

  private static Row row(ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    Map<String, String> values = new HashMap<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String value = result.getString(i);
      values.put(columns.getColumnLabel(i).toLowerCase(Locale.ROOT), value == null ? "" : value);
    }
    return new Row(values);
  }

  static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** A string constant, for statements that take no parameters. */
  static String quoted(String value) {
    if (value.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("a backslash means different things to different servers");
    }
    return "'" + value.replace("'", "''") + "'";
  }
}
