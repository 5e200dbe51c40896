package dev.relevo.failover.engine;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.relevo.failover.Engine;
import dev.relevo.failover.EngineSettings;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.NodeState;
import dev.relevo.failover.NodeState.Replication;
import dev.relevo.failover.NodeState.Up;
import dev.relevo.failover.stack.Stack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The two nodes of an engine in containers, without router and watchdog: the test tells them their
 * roles, and acts on them by the adapter.
 */
final class Pair implements AutoCloseable {
  /** How long anything may take on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(180);

  private static final String SUBNET = "10.190";

  private final String engine;
  private final int network;
  private final int port;
  private final String application;
  private final Stack stack;
  private final HttpServer desk;
  private final Engine adapter;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Set<NodeId> cloning = EnumSet.noneOf(NodeId.class);
  private volatile NodeId primary = NodeId.A;
  private volatile boolean opened;
  private volatile boolean silent;

  Pair(String engine) throws IOException {
    this.engine = engine;
    this.network = List.of("mariadb", "postgresql", "mysql").indexOf(engine) + 1;
    this.port = engine.equals("postgresql") ? 5432 : 3306;
    this.application =
        Map.of("mariadb", "inventory", "postgresql", "orders", "mysql", "reports").get(engine);
    this.desk = HttpServer.create(new InetSocketAddress(0), 0);
    desk.createContext("/role", this::answer);
    desk.start();
    this.stack =
        new Stack(
            "relevo-" + engine + "-pair",
            SUBNET,
            List.of("test/failover/desk.yaml"),
            Map.of("DESK", String.valueOf(desk.getAddress().getPort())));
    stack.makeSecrets();
    stack.remove();
    this.adapter =
        EngineAdapters.open(
            engine,
            new EngineSettings(
                Map.of(
                    NodeId.A, new EngineSettings.Address(address(NodeId.A), port),
                    NodeId.B, new EngineSettings.Address(address(NodeId.B), port)),
                "relevo",
                "watchdog",
                stack.secret(engine + "_watchdog"),
                "replication",
                stack.secret(engine + "_replication"),
                Duration.ofSeconds(1),
                Duration.ofSeconds(20)));
  }

  private String address(NodeId node) {
    return "%s.%d.%d".formatted(SUBNET, network, node == NodeId.A ? 11 : 12);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    NodeId node = query.contains("node=a") ? NodeId.A : NodeId.B;
    String data = query.substring(query.indexOf("data=") + 5);
    String answer = silent ? "" : answer(node, data);
    if (!data.equals("running")) {
      asked.add(node + " " + data + " -> " + answer.replace("\n", " ").strip());
    }
    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.isEmpty() ? 503 : 200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String answer(NodeId node, String data) {
    String provision = "none";
    if (node == primary) {
      provision = data.equals("none") ? "initialise" : "none";
    } else if (!opened) {
      return "";
    } else if (data.equals("cloned")) {
      cloning.remove(node);
    } else if (data.equals("none") || cloning.contains(node)) {
      provision = "clone";
    }
    return "role=%s\nprovision=%s\nprimary=%s\nepoch=1\n"
        .formatted(node == primary ? "primary" : "replica", provision, primary);
  }

  /** What the nodes have asked and were told. */
  List<String> asked() {
    return asked;
  }

  Engine adapter() {
    return adapter;
  }

  /** Names the primary, in answer to whoever asks. */
  void name(NodeId node) {
    primary = node;
  }

  /** Whether a replica is let start. */
  void opened() {
    opened = true;
  }

  /** Whether nobody gets an answer. */
  void silent(boolean now) {
    silent = now;
  }

  synchronized void clone(NodeId node) {
    cloning.add(node);
  }

  void start(NodeId... nodes) {
    for (NodeId node : nodes) {
      stack.compose("up", "--detach", "--no-build", "--no-deps", service(node));
    }
  }

  void build() {
    stack.compose("build", "--quiet", service(NodeId.A));
  }

  String service(NodeId node) {
    return engine + "-" + node;
  }

  Stack stack() {
    return stack;
  }

  Connection application(NodeId node) throws SQLException {
    return connect(node, application + "_app");
  }

  Connection migrator(NodeId node) throws SQLException {
    return connect(node, application + "_migrator");
  }

  private Connection connect(NodeId node, String user) throws SQLException {
    return connectAs(node, user, stack.secret(user));
  }

  /** To the application's database, or to the watchdog's. */
  Connection connectAs(NodeId node, String user, String password) throws SQLException {
    String database = user.equals("watchdog") ? "relevo" : application;
    String options =
        Map.of(
                "mariadb", "sslMode=disable&connectTimeout=2000",
                "postgresql", "sslmode=disable&connectTimeout=2",
                "mysql", "sslMode=DISABLED&allowPublicKeyRetrieval=true&connectTimeout=2000")
            .get(engine);
    return DriverManager.getConnection(
        "jdbc:%s://%s:%d/%s?%s".formatted(engine, address(node), port, database, options),
        user,
        password);
  }

  void write(NodeId node, int id) throws SQLException {
    try (Connection connection = application(node);
        Statement sql = connection.createStatement()) {
      sql.execute("INSERT INTO tried (id) VALUES (" + id + ")");
    }
  }

  List<Integer> read(NodeId node) throws SQLException {
    try (Connection connection = application(node)) {
      return Sql.rows(connection, "SELECT id FROM tried ORDER BY id").stream()
          .map(row -> Integer.valueOf(row.get("id")))
          .toList();
    }
  }

  /** Runs a statement as the watchdog's user. */
  void run(NodeId node, String statement) {
    try (Connection connection = connectAs(node, "watchdog", stack.secret(engine + "_watchdog"))) {
      Sql.run(connection, statement);
    } catch (SQLException e) {
      throw new IllegalStateException(statement, e);
    }
  }

  Up up(NodeId node) {
    return awaitUp(node, "answers", up -> true);
  }

  Replication replication(NodeId node) {
    return up(node).replication().orElseThrow();
  }

  /** Waits for a node to answer, and to be so. */
  Up awaitUp(NodeId node, String how, Predicate<Up> condition) {
    NodeState[] last = new NodeState[1];
    try {
      await(node + " " + how)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                last[0] = adapter.probe(node);
                return last[0] instanceof Up up && condition.test(up);
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%s, and was last %s%n%s"
              .formatted(e.getMessage(), last[0], stack.log(service(node), 30)),
          e);
    }
    return (Up) last[0];
  }

  Replication awaitReplication(NodeId node, String how, Predicate<Replication> condition) {
    return awaitUp(node, how, up -> up.replication().filter(condition).isPresent())
        .replication()
        .orElseThrow();
  }

  /** Waits for the replica to have received all that the primary has now. */
  void awaitReceived(NodeId replica, NodeId from) {
    Up end = up(from);
    awaitReplication(replica, "has received " + end.end(), r -> r.received().covers(end.end()));
  }

  @Override
  public void close() {
    adapter.close();
    desk.stop(0);
    stack.remove();
  }
}
