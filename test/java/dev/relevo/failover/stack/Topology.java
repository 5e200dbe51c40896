package dev.relevo.failover.stack;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.it.Audit;
import dev.relevo.it.Shoppers;
import dev.relevo.launcher.engine.DatabaseAccess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/** The whole compose topology, as the failover suite starts and reads it. */
final class Topology {
  /** How long a pair may take to be whole again on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(300);

  private static final JsonMapper JSON = new JsonMapper();
  private static final String SUBNET = "10.192";
  private static final int PORT = 18080;

  /** A folder with a file system of its own for each node; blank if they share the machine's. */
  private static final String DISKS = System.getProperty("relevo.failover.disks", "");

  private final Stack stack =
      new Stack(
          "relevo-failover",
          SUBNET,
          DISKS.isBlank() ? List.of() : List.of("test/failover/disks.yaml"),
          Map.of("RELEVO_PORT", String.valueOf(PORT), "RELEVO_DISKS", DISKS));
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /** An engine's pair. */
  enum Pair {
    MARIADB(1, 3306, List.of("inventory")),
    POSTGRESQL(2, 5432, List.of("orders", "saga")),
    MYSQL(3, 3306, List.of("reports"));

    final int network;
    final int port;
    final List<String> databases;

    Pair(int network, int port, List<String> databases) {
      this.network = network;
      this.port = port;
      this.databases = databases;
    }

    String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    String node(String node) {
      return id() + "-" + node;
    }

    String nodes() {
      return id() + "-nodes";
    }

    String watchdog() {
      return "watchdog-" + id();
    }

    String router() {
      return "haproxy-" + id();
    }

    String address(String node) {
      return "%s.%d.%d".formatted(SUBNET, network, node.equals("a") ? 11 : 12);
    }

    private String routerAddress() {
      return "%s.%d.10".formatted(SUBNET, network + 10);
    }

    private String jdbcUrl(String host, String database) {
      String options =
          switch (this) {
            case MARIADB -> "sslMode=disable&connectTimeout=2000";
            case POSTGRESQL -> "sslmode=disable&connectTimeout=2";
            case MYSQL -> "sslMode=DISABLED&allowPublicKeyRetrieval=true&connectTimeout=2000";
          };
      return "jdbc:%s://%s:%d/%s?%s".formatted(id(), host, port, database, options);
    }
  }

  Stack stack() {
    return stack;
  }

  /** Whether a node's disk can be filled without filling the machine's. */
  boolean hasSmallDisks() {
    return !DISKS.isBlank();
  }

  /** Starts what isn't running, and waits until all three pairs are whole. */
  void up() {
    stack.makeSecrets();
    stack.compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", "600");
    for (Pair pair : Pair.values()) {
      awaitWhole(pair);
    }
  }

  /** Where the edge is reached. */
  static String url() {
    return "http://127.0.0.1:" + PORT;
  }

  /** A part's address, by the number of its network and its own in there. */
  static String address(int network, int part) {
    return "%s.%d.%d".formatted(SUBNET, network, part);
  }

  Audit audit() {
    return new Audit(
        access(Pair.MARIADB, "inventory"),
        access(Pair.POSTGRESQL, "orders"),
        access(Pair.MYSQL, "reports"),
        access(Pair.POSTGRESQL, "saga"));
  }

  Shoppers shoppers() {
    return new Shoppers(
        url(),
        access(Pair.MARIADB, "inventory"),
        access(Pair.POSTGRESQL, "orders"),
        access(Pair.MYSQL, "reports"),
        access(Pair.POSTGRESQL, "saga"),
        Duration.ofMillis(150));
  }

  /** By the router, as the applications come in. */
  private DatabaseAccess access(Pair pair, String database) {
    String app = database + "_app";
    return new DatabaseAccess(
        pair.jdbcUrl(pair.routerAddress(), database), app, stack.secret(app), "", "");
  }

  /** What a watchdog says; empty if it doesn't answer. */
  Optional<JsonNode> status(Pair pair) {
    return ask(request(pair, "status").build());
  }

  /** Has a watchdog do nothing until it is resumed. */
  void pause(Pair pair) {
    ask(request(pair, "pause").POST(HttpRequest.BodyPublishers.noBody()).build()).orElseThrow();
  }

  void resume(Pair pair) {
    ask(request(pair, "resume").POST(HttpRequest.BodyPublishers.noBody()).build()).orElseThrow();
  }

  void switchOver(Pair pair, String to) {
    ask(request(pair, "switchover")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"primary\":\"" + to + "\"}"))
            .build())
        .orElseThrow();
  }

  /** Has a primary confirm commits that its replica does not have: what zero loss is without. */
  void stopWaiting(Pair pair, String primary) throws SQLException {
    String account = pair.id() + "_watchdog";
    try (Connection connection =
            DriverManager.getConnection(
                pair.jdbcUrl(pair.address(primary), "relevo"), "watchdog", stack.secret(account));
        Statement statement = connection.createStatement()) {
      switch (pair) {
        case MARIADB -> statement.execute("SET GLOBAL rpl_semi_sync_master_enabled = OFF");
        case MYSQL -> statement.execute("SET GLOBAL rpl_semi_sync_source_enabled = OFF");
        case POSTGRESQL -> {
          statement.execute("ALTER SYSTEM SET synchronous_standby_names = ''");
          statement.execute("SELECT pg_reload_conf()");
        }
      }
    }
  }

  private HttpRequest.Builder request(Pair pair, String path) {
    return HttpRequest.newBuilder(
            URI.create("http://%s.%d.9:8020/%s".formatted(SUBNET, pair.network, path)))
        .timeout(Duration.ofSeconds(5))
        .header("Authorization", "Bearer " + stack.secret("operator_token"));
  }

  private Optional<JsonNode> ask(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() / 100 == 2
          ? Optional.of(JSON.readTree(answer.body()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String primary(Pair pair) {
    return awaitStatus(pair, "has a record", s -> s.path("record").hasNonNull("primary"))
        .path("record")
        .path("primary")
        .asText();
  }

  long epoch(Pair pair) {
    return awaitStatus(pair, "has a record", s -> s.path("record").hasNonNull("epoch"))
        .path("record")
        .path("epoch")
        .asLong();
  }

  /** Waits until both nodes are there and hold whatever is acknowledged. */
  void awaitWhole(Pair pair) {
    awaitStatus(
        pair,
        "is whole",
        s ->
            s.path("record").path("peer_in_sync").asBoolean()
                && s.path("decision").path("state").asText().equals("WHOLE")
                && s.path("decision").path("diagnosis").asText().equals("HEALTHY"));
  }

  /** Waits until a node is the primary and clients reach it. */
  void awaitServing(Pair pair, String node) {
    awaitStatus(
        pair,
        "is served by " + node,
        s ->
            s.path("record").path("primary").asText().equals(node)
                && List.of("ALONE", "JOINING", "WHOLE")
                    .contains(s.path("decision").path("state").asText()));
  }

  /** Waits until a node that was whole runs again after it has died. */
  void awaitRestarted(Pair pair, String node) {
    awaitStatus(pair, "misses " + node, s -> !s.path("nodes").path(node).path("up").asBoolean());
    awaitStatus(pair, "sees " + node, s -> s.path("nodes").path(node).path("up").asBoolean());
  }

  /** The nodes that clients are let through to now, by the router itself; none if it is silent. */
  List<String> routed(Pair pair) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://%s.6.%d:8404/;csv".formatted(SUBNET, 10 + pair.network)))
            .timeout(Duration.ofSeconds(2))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith("nodes,a,") || line.startsWith("nodes,b,"))
          .filter(line -> !line.contains(",MAINT,"))
          .map(line -> line.split(",")[1])
          .toList();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** Waits for the moment in which clients are let through to no node. */
  void awaitFenced(Pair pair) {
    await(pair.id() + " is fenced")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> routed(pair).isEmpty());
  }

  /** Waits until a service runs and says of itself that it is well. */
  void awaitHealthy(String service) {
    await(service + " is healthy")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                stack
                    .docker(
                        "inspect",
                        "--format",
                        "{{.State.Status}} {{.State.Health.Status}}",
                        stack.container(service))
                    .equals("running healthy"));
  }

  /**
   * Waits until a service that was killed has been started again, and says that it is well.
   *
   * @param pid its first process before, on the machine
   */
  void awaitRestarted(String service, long pid) {
    await(service + " has been started again")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> stack.pid(service) != 0 && stack.pid(service) != pid);
    awaitHealthy(service);
  }

  JsonNode awaitStatus(Pair pair, String what, Predicate<JsonNode> condition) {
    JsonNode[] last = new JsonNode[1];
    try {
      await(pair.id() + " " + what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                last[0] = status(pair).orElse(last[0]);
                return last[0] != null && condition.test(last[0]);
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "; the watchdog says " + last[0], e);
    }
    return last[0];
  }

  /** Waits until both nodes hold the same rows; fails with the table in which they don't. */
  void assertTwins(Pair pair) {
    String[] difference = {""};
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                difference[0] = difference(pair);
                return difference[0].isEmpty();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "6: the nodes of " + pair.id() + " hold different rows: " + difference[0], e);
    }
  }

  private String difference(Pair pair) throws SQLException {
    for (String database : pair.databases) {
      List<String> tables = rows(pair, "a", database, tables(pair));
      if (tables.isEmpty() || !tables.equals(rows(pair, "b", database, tables(pair)))) {
        return "the tables of " + database;
      }
      for (String table : tables) {
        String all = "SELECT * FROM " + table;
        List<String> a = rows(pair, "a", database, all);
        List<String> b = rows(pair, "b", database, all);
        if (!a.equals(b)) {
          return "%s.%s, %d rows on a and %d on b".formatted(database, table, a.size(), b.size());
        }
      }
    }
    return "";
  }

  /** The tables that the application may read; of its migrations it knows nothing. */
  private static String tables(Pair pair) {
    return pair == Pair.POSTGRESQL
        ? "SELECT table_name FROM information_schema.table_privileges"
            + " WHERE table_schema = 'public' AND privilege_type = 'SELECT' ORDER BY 1"
        : "SELECT table_name FROM information_schema.tables"
            + " WHERE table_schema = database() ORDER BY 1";
  }

  private List<String> rows(Pair pair, String node, String database, String query)
      throws SQLException {
    String app = database + "_app";
    try (Connection connection =
            DriverManager.getConnection(
                pair.jdbcUrl(pair.address(node), database), app, stack.secret(app));
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(i == 1 ? "" : "|").append(result.getString(i));
        }
        rows.add(row.toString());
      }
      rows.sort(null);
      return rows;
    }
  }
}
