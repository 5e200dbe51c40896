package dev.relevo.launcher.engine;

import static dev.relevo.launcher.engine.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.NetworkInterface;
import java.net.Socket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real servers say of themselves, and what their users may do. */
class EngineSettingsIT {
  private static DatabaseAccess mariadb;
  private static DatabaseAccess postgres;
  private static DatabaseAccess mysql;

  @BeforeAll
  static void start() {
    mariadb = TestEngines.freshDatabase(TestEngines.mariadb());
    postgres = TestEngines.freshDatabase(TestEngines.postgres());
    mysql = TestEngines.freshDatabase(TestEngines.mysql());
  }

  static Stream<Named<DatabaseAccess>> databases() {
    return Stream.of(
        Named.of("MariaDB", mariadb), Named.of("PostgreSQL", postgres), Named.of("MySQL", mysql));
  }

  static Stream<Named<DatabaseAccess>> mySqlFamily() {
    return Stream.of(Named.of("MariaDB", mariadb), Named.of("MySQL", mysql));
  }

  @ParameterizedTest
  @MethodSource("mySqlFamily")
  void mariaDbAndMySqlLoseNoCommit(DatabaseAccess database) throws SQLException {
    assertThat(query(database, "SELECT @@innodb_flush_log_at_trx_commit, @@log_bin"))
        .containsExactly("1", "0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fsync", "synchronous_commit", "full_page_writes", "data_checksums"})
  void postgresLosesNoCommit(String setting) throws SQLException {
    assertThat(query(postgres, "SHOW " + setting)).containsExactly("on");
  }

  @ParameterizedTest
  @MethodSource("mySqlFamily")
  void mariaDbAndMySqlKnowEveryCharacterAndTime(DatabaseAccess database) throws SQLException {
    assertThat(query(database, "SELECT @@character_set_database, @@character_set_server"))
        .containsExactly("utf8mb4", "utf8mb4");
    assertThat(query(database, "SELECT @@global.time_zone, @@global.transaction_isolation"))
        .containsExactly("+00:00", "READ-COMMITTED");
  }

  @Test
  void postgresKnowsEveryCharacter() throws SQLException {
    assertThat(query(postgres, "SHOW server_encoding")).containsExactly("UTF8");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void textIsComparedByteForByte(DatabaseAccess database) throws SQLException {
    Sql.asMigrator(database, "CREATE TABLE keyed (k VARCHAR(20) PRIMARY KEY)");
    for (String key : List.of("key", "KEY", "kéy", "key ", "🗝")) {
      assertThatCode(() -> Sql.asApp(database, "INSERT INTO keyed VALUES ('" + key + "')"))
          .doesNotThrowAnyException();
    }
    assertThat(query(database, "SELECT COUNT(*) FROM keyed")).containsExactly("5");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theAppMayUseWhatTheMigratorMadeButMakeNothing(DatabaseAccess database) throws SQLException {
    boolean isPostgres = database == postgres;
    Sql.asMigrator(
        database,
        "CREATE TABLE used (id "
            + (isPostgres ? "BIGSERIAL" : "BIGINT AUTO_INCREMENT")
            + " PRIMARY KEY, n INT)");
    Sql.asApp(database, "INSERT INTO used (n) VALUES (1)");
    Sql.asApp(database, "UPDATE used SET n = 2");
    assertThat(query(database, "SELECT id, n FROM used")).containsExactly("1", "2");
    Sql.asApp(database, "DELETE FROM used");

    for (String forbidden :
        List.of(
            "CREATE TABLE other (id INT)",
            "DROP TABLE used",
            "ALTER TABLE used ADD COLUMN m INT",
            "CREATE TEMPORARY TABLE other (id INT)",
            "CREATE DATABASE other",
            "CREATE USER other")) {
      assertThatThrownBy(() -> Sql.asApp(database, forbidden))
          .as(forbidden)
          .isInstanceOf(SQLException.class)
          .hasMessageMatching("(?s).*(denied|must be owner).*");
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void nobodyGetsInWithoutAPasswordOrIntoAnothersDatabase(DatabaseAccess database) {
    for (String user : List.of("root", "postgres", "", Product.ADMIN, database.appUser())) {
      assertThatThrownBy(() -> DriverManager.getConnection(database.jdbcUrl(), user, ""))
          .as(user)
          .isInstanceOf(SQLException.class)
          .hasMessageMatching("(?s).*(denied|password|no PostgreSQL user name).*");
    }
    Engine engine =
        Stream.of(TestEngines.mariadb(), TestEngines.postgres(), TestEngines.mysql())
            .filter(e -> database.jdbcUrl().contains(":" + e.port() + "/"))
            .findFirst()
            .orElseThrow();
    DatabaseAccess other = TestEngines.freshDatabase(engine);
    assertThatThrownBy(
            () ->
                DriverManager.getConnection(
                    other.jdbcUrl(), database.migratorUser(), database.migratorPassword()))
        .isInstanceOf(SQLException.class)
        .hasMessageMatching("(?s).*(denied).*");
  }

  @Test
  void onlyThisMachineReachesTheServers() throws Exception {
    List<String> outside =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .map(address -> address.getHostAddress())
            .toList();
    for (Engine engine :
        List.of(TestEngines.mariadb(), TestEngines.postgres(), TestEngines.mysql())) {
      new Socket("127.0.0.1", engine.port()).close();
      for (String address : outside) {
        assertThatThrownBy(() -> new Socket(address, engine.port()).close())
            .isInstanceOf(ConnectException.class);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void passwordsAreNeitherInTheUrlNorInTheText(DatabaseAccess database) {
    assertThat(database.appPassword()).hasSize(32).isNotEqualTo(database.migratorPassword());
    assertThat(database.jdbcUrl() + database)
        .doesNotContain(database.appPassword(), database.migratorPassword());
  }
}
