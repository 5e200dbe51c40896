package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the files of the applications have to hold to. */
class ParticipantSettingsTest {
  private static final Pattern SQL =
      Pattern.compile("uri: sql:classpath:(\\S+)\\n\\s+parameters:\\n((?:\\s+\\w+: .*\\n)+)");
  private static final Pattern PARAMETER = Pattern.compile(":#(\\w+|\\$\\{[^}]*})");

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("apps"))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"INVENTORY", "ORDERS", "REPORTS"})
  void onlyThePoolAndTheSocketHaveTimeouts(Role role) {
    HikariConfig pool = TestPools.settings(role);
    assertThat(pool.getConnectionTimeout()).isBetween(1000L, 2000L);
    assertThat(pool.isAutoCommit()).isFalse();
    assertThat(pool.getTransactionIsolation()).isEqualTo("TRANSACTION_READ_COMMITTED");
    assertThat(pool.getConnectionInitSql()).isNull();
    assertThat(pool.getDataSourceProperties().stringPropertyNames())
        .contains("connectTimeout", "socketTimeout")
        .filteredOn(name -> name.toLowerCase(Locale.ROOT).contains("timeout"))
        .containsExactlyInAnyOrder("connectTimeout", "socketTimeout");
  }

  @Test
  void nothingCutsOffAStatementOrATransaction() throws IOException {
    List<Path> files = files(".yaml");
    assertThat(files).hasSizeGreaterThan(20);
    for (Path file : files) {
      assertThat(Files.readString(file))
          .as(file.toString())
          .doesNotContainPattern(
              "(?i)query-?_?timeout|statement-?_?time|transaction-?_?timeout|max_execution_time"
                  + "|default-timeout|lock-?_?timeout|lock_wait");
    }
  }

  /** Without the number, camel-sql has the driver ask for it: a round trip for every statement. */
  @Test
  void everyStatementSaysHowManyParametersItHas() throws IOException {
    int statements = 0;
    for (Path file : files(".camel.yaml")) {
      Matcher uses = SQL.matcher(Files.readString(file));
      while (uses.find()) {
        String sql = Files.readString(Path.of(uses.group(1))).replaceAll("(?m)^--.*\\n", "");
        long parameters = PARAMETER.matcher(sql).results().count();
        String expected = parameters == 0 ? "dataSource" : "parametersCount: " + parameters + "\n";
        assertThat(uses.group(2)).as(file + ", " + uses.group(1)).contains(expected);
        statements++;
      }
    }
    assertThat(statements).isGreaterThan(20);
  }

  @Test
  void everyStatementIsUsed() throws IOException {
    StringBuilder routes = new StringBuilder();
    for (Path file : files(".camel.yaml")) {
      routes.append(Files.readString(file));
    }
    for (Path file : files(".sql")) {
      if (!file.toString().contains("migration")) {
        assertThat(routes).contains("sql:classpath:" + file + "\n");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "25006, 0, MUST_EVICT",
    "HY000, 1290, MUST_EVICT",
    "HY000, 1836, MUST_EVICT",
    "23000, 1062, CONTINUE_EVICT",
    "08006, 0, CONTINUE_EVICT",
    "40001, 1213, CONTINUE_EVICT"
  })
  void aDemotedPrimarysConnectionIsClosed(
      String state, int code, SQLExceptionOverride.Override verdict) {
    assertThat(new DemotedPrimaryOverride().adjudicate(new SQLException("no", state, code)))
        .isEqualTo(verdict);
  }
}
