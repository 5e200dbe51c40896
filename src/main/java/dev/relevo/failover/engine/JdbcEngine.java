package dev.relevo.failover.engine;

import dev.relevo.failover.ActFailedException;
import dev.relevo.failover.Engine;
import dev.relevo.failover.EngineSettings;
import dev.relevo.failover.EngineTraits;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.NodeState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the adapters have in common: connections, and their time limits.
 *
 * <p>Each act has a connection of its own, each probe and each heartbeat the one that it keeps.
 * There are connect and socket time limits only; both cut the connection.
 */
abstract class JdbcEngine implements Engine {
  /** Longer than any diagnosis needs; what a commit waits for is decided by then. */
  private static final Duration HEARTBEAT_LIMIT = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(20);

  private final EngineTraits traits;
  private final EngineSettings settings;
  private final String heartbeat;
  private final Map<NodeId, Prober> probers = new EnumMap<>(NodeId.class);
  private final Map<NodeId, Connection> heartbeats = new EnumMap<>(NodeId.class);

  JdbcEngine(EngineTraits traits, EngineSettings settings) {
    this.traits = traits;
    this.settings = settings;
    this.heartbeat = Sql.file(traits.name() + "/heartbeat.sql");
    for (NodeId node : NodeId.values()) {
      Prober prober =
          new Prober(
              "probe-" + node,
              () -> connect(node, settings.probeTimeout(), settings.probeTimeout()),
              connection -> look(node, connection),
              settings.probeTimeout());
      probers.put(node, prober);
    }
  }

  /** Opens a connection, in auto-commit, to the database of the heartbeat row. */
  abstract Connection open(
      EngineSettings.Address address, EngineSettings settings, Duration connect, Duration socket)
      throws SQLException;

  /** Looks at a server; settings before positions, a receiver before what it has received. */
  abstract NodeState look(NodeId node, Connection connection) throws SQLException;

  final EngineSettings settings() {
    return settings;
  }

  final EngineSettings.Address address(NodeId node) {
    return settings.addresses().get(node);
  }

  /** The node at that address, as a server names it. */
  final Optional<NodeId> nodeAt(String host, String port) {
    for (NodeId node : NodeId.values()) {
      EngineSettings.Address address = address(node);
      if (address.host().equals(host) && String.valueOf(address.port()).equals(port)) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  @Override
  public final EngineTraits traits() {
    return traits;
  }

  @Override
  public final NodeState probe(NodeId node) {
    return probers.get(node).probe();
  }

  @Override
  public final void heartbeat(NodeId primary) {
    Connection connection = null;
    try {
      connection = heartbeatConnection(primary);
      try (PreparedStatement beat = connection.prepareStatement(heartbeat)) {
        if (beat.executeUpdate() != 1) {
          throw new SQLException("there is no heartbeat row");
        }
      }
    } catch (SQLException e) {
      forget(primary, connection);
      throw new ActFailedException("no heartbeat on " + primary + ": " + Prober.reason(e), e);
    }
  }

  private Connection heartbeatConnection(NodeId node) throws SQLException {
    synchronized (heartbeats) {
      Connection kept = heartbeats.get(node);
      if (kept != null) {
        return kept;
      }
    }
    Connection opened = connect(node, settings.actTimeout(), HEARTBEAT_LIMIT);
    synchronized (heartbeats) {
      heartbeats.put(node, opened);
    }
    return opened;
  }

  private void forget(NodeId node, Connection connection) {
    if (connection != null) {
      synchronized (heartbeats) {
        heartbeats.remove(node, connection);
      }
      closeQuietly(connection);
    }
  }

  private Connection connect(NodeId node, Duration connect, Duration socket) throws SQLException {
    return open(address(node), settings, connect, socket);
  }

  /** SQL on one server. */
  interface Work {
    void on(Connection connection) throws SQLException;
  }

  /** A question to one server. */
  interface Question {
    boolean of(Connection connection) throws SQLException;
  }

  /** Acts on a server over a connection of its own. */
  final void act(String what, NodeId node, Work work) {
    try (Connection connection = connect(node, settings.actTimeout(), settings.actTimeout())) {
      work.on(connection);
    } catch (SQLException e) {
      throw new ActFailedException(what + " on " + node + ": " + Prober.reason(e), e);
    }
  }

  /** Waits for a server to get into a state. */
  final void await(Connection connection, String state, Question question) throws SQLException {
    long end = System.nanoTime() + settings.actTimeout().toNanos();
    while (!question.of(connection)) {
      pause(end, state);
    }
  }

  /** Waits for a server to get into a state that only a connection opened later shows. */
  final void awaitAfresh(NodeId node, String state, Question question) throws SQLException {
    long end = System.nanoTime() + settings.actTimeout().toNanos();
    while (true) {
      try (Connection connection = connect(node, settings.actTimeout(), settings.actTimeout())) {
        if (question.of(connection)) {
          return;
        }
      }
      pause(end, state);
    }
  }

  private static void pause(long end, String state) throws SQLException {
    if (System.nanoTime() >= end) {
      throw new SQLException("not " + state + " in time");
    }
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // Whatever is the matter with it has been reported.
      return;
    }
  }

  @Override
  public void close() {
    probers.values().forEach(Prober::close);
    synchronized (heartbeats) {
      heartbeats.values().forEach(JdbcEngine::closeQuietly);
      heartbeats.clear();
    }
  }
}
