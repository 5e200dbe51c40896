package dev.relevo.it;

import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.Engine;
import dev.relevo.launcher.engine.Engines;
import dev.relevo.launcher.engine.TestEngines;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;

/** The four databases of a topology, as plain JDBC sees them. */
record Databases(
    DatabaseAccess inventory, DatabaseAccess orders, DatabaseAccess reports, DatabaseAccess saga) {

  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Those of the running test topology. */
  static Databases ofTopology() {
    TestTopology.get();
    Engines engines = TestEngines.all();
    return new Databases(engines.inventory(), engines.orders(), engines.reports(), engines.saga());
  }

  /** Empty ones beside those of the topology, on the same servers. */
  static Databases fresh() {
    Engine postgres = TestEngines.postgres();
    return new Databases(
        TestEngines.freshDatabase(TestEngines.mariadb()),
        TestEngines.freshDatabase(postgres),
        TestEngines.freshDatabase(TestEngines.mysql()),
        TestEngines.freshDatabase(postgres));
  }

  /** These, with the tables that the roles make at their start. */
  Databases migrated() {
    migrate(inventory, "apps/inventory/db/migration");
    migrate(orders, "apps/orders/db/migration");
    migrate(reports, "apps/reports/db/migration");
    migrate(saga, "routes/db/migration/postgresql");
    return this;
  }

  private static void migrate(DatabaseAccess access, String folder) {
    Flyway.configure()
        .dataSource(access.jdbcUrl(), access.migratorUser(), access.migratorPassword())
        .locations("classpath:" + folder)
        .load()
        .migrate();
  }

  static <T> List<T> query(DatabaseAccess access, RowReader<T> reader, String sql, Object... args) {
    try (Connection connection = connect(access);
        PreparedStatement statement = prepare(connection, sql, args);
        ResultSet rows = statement.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(reader.read(rows));
      }
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  static int update(DatabaseAccess access, String sql, Object... args) {
    try (Connection connection = connect(access);
        PreparedStatement statement = prepare(connection, sql, args)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  static Connection connect(DatabaseAccess access) throws SQLException {
    return DriverManager.getConnection(access.jdbcUrl(), access.appUser(), access.appPassword());
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... args)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < args.length; i++) {
      statement.setObject(i + 1, args[i]);
    }
    return statement;
  }
}
