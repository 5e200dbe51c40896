package dev.relevo.failover.engine;

import static dev.relevo.failover.engine.Sql.quoted;

import dev.relevo.failover.ActFailedException;
import dev.relevo.failover.EngineSettings;
import dev.relevo.failover.EngineTraits;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.NodeState;
import dev.relevo.failover.NodeState.Receiver;
import dev.relevo.failover.NodeState.Replication;
import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.engine.Sql.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * A pair of MariaDB servers with semi-synchronous replication by GTID.
 *
 * <p>A server is a replica if it has a source configured. What it received and had not applied is
 * gone once its threads start after a restart, so only a replica that stayed up can be promoted.
 */
final class MariaDbEngine extends JdbcEngine {
  private static final EngineTraits TRAITS =
      new EngineTraits("mariadb", false, "transactions", 100);

  private static final Expected SOUND =
      new Expected()
          .put("log_bin", "1")
          .put("log_slave_updates", "1")
          .put("gtid_strict_mode", "1")
          .put("sync_binlog", "1")
          .put("innodb_flush_log_at_trx_commit", "1")
          .put("sync_relay_log", "1")
          .put("rpl_semi_sync_slave_enabled", "1")
          .put("rpl_semi_sync_master_wait_point", "AFTER_SYNC")
          .put("rpl_semi_sync_master_wait_no_slave", "1")
          .put("rpl_semi_sync_master_timeout", "18446744073709551615");

  /** The source no longer has what is asked for, or never had it. */
  private static final String FATAL_BINLOG_ERROR = "1236";

  /** None; killed or shut down while applying; lock wait and deadlock: trying again helps. */
  private static final Set<String> PASSING = Set.of("0", "1053", "1317", "1927", "1205", "1213");

  private static final String SLAVES = "SHOW ALL SLAVES STATUS";

  private final String settingsQuery = Sql.file("mariadb/settings.sql");
  private final String semiSyncQuery = Sql.file("mariadb/semi-sync.sql");
  private final String positionQuery = Sql.file("mariadb/position.sql");

  MariaDbEngine(EngineSettings settings) {
    super(TRAITS, settings);
  }

  @Override
  Connection open(
      EngineSettings.Address address, EngineSettings settings, Duration connect, Duration socket)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password());
    properties.setProperty("sslMode", "disable");
    // A probe asks all it has to in one round trip.
    properties.setProperty("allowMultiQueries", "true");
    properties.setProperty("connectTimeout", String.valueOf(connect.toMillis()));
    properties.setProperty("socketTimeout", String.valueOf(socket.toMillis()));
    return new org.mariadb.jdbc.Driver()
        .connect(
            "jdbc:mariadb://%s:%d/%s"
                .formatted(address.host(), address.port(), settings.database()),
            properties);
  }

  @Override
  NodeState look(NodeId node, Connection connection) throws SQLException {
    List<List<Row>> results =
        Sql.results(connection, settingsQuery, semiSyncQuery, SLAVES, positionQuery);
    Row server = results.get(0).get(0);
    Row semiSync = Sql.pairs(results.get(1));
    List<Row> sources = results.get(2);
    Row position = results.get(3).get(0);
    MariaDbPosition end = MariaDbPosition.of(position.get("last"), position.get("held"));
    boolean primary = sources.isEmpty();
    return new NodeState.Up(
        incarnation(server.get("pid_file")),
        primary ? ServerRole.PRIMARY : ServerRole.REPLICA,
        server.is("read_only", "0"),
        primary && semiSync.is("rpl_semi_sync_master_status", "ON") && waits(server),
        primary && !semiSync.is("rpl_semi_sync_master_clients", "0"),
        primary ? Integer.parseInt(semiSync.get("rpl_semi_sync_master_wait_sessions")) : 0,
        end,
        primary ? Optional.empty() : Optional.of(replication(sources.get(0), end)),
        SOUND.unsound(server));
  }

  /** The name of the file that a node chooses anew for each start of its server. */
  static String incarnation(String pidFile) {
    String name = pidFile.substring(pidFile.lastIndexOf('/') + 1);
    return name.endsWith(".pid") ? name.substring(0, name.length() - 4) : name;
  }

  private static boolean waits(Row server) {
    return server.is("semi_sync", "1")
        && server.is("rpl_semi_sync_master_wait_point", "AFTER_SYNC")
        && server.is("rpl_semi_sync_master_wait_no_slave", "1");
  }

  private Replication replication(Row source, MariaDbPosition applied) {
    return new Replication(
        nodeAt(source.get("master_host"), source.get("master_port")),
        receiver(source.get("slave_io_running")),
        source.is("slave_sql_running", "Yes"),
        applied.plus(source.get("gtid_io_pos")),
        applied,
        diverged(source));
  }

  static Receiver receiver(String running) {
    return switch (running) {
      case "Yes" -> Receiver.CONNECTED;
      case "No" -> Receiver.STOPPED;
      default -> Receiver.CONNECTING;
    };
  }

  private static Optional<String> diverged(Row source) {
    if (source.is("last_io_errno", FATAL_BINLOG_ERROR)) {
      return Optional.of(source.get("last_io_error"));
    }
    return PASSING.contains(source.get("last_sql_errno"))
        ? Optional.empty()
        : Optional.of(source.get("last_sql_error"));
  }

  @Override
  public void openWrites(NodeId primary) {
    act(
        "open writes",
        primary,
        sql -> {
          if (!Sql.rows(sql, SLAVES).isEmpty()) {
            throw new SQLException("it is a replica");
          }
          Sql.run(sql, "SET GLOBAL read_only = OFF");
        });
  }

  /** Fails rather than wait long for commits that wait for the replica themselves. */
  @Override
  public void closeWrites(NodeId primary) {
    act(
        "close writes",
        primary,
        sql -> Sql.run(sql, "SET lock_wait_timeout = 1", "SET GLOBAL read_only = ON"));
  }

  @Override
  public void requireReplica(NodeId primary) {
    act(
        "require the replica",
        primary,
        sql -> {
          Sql.run(
              sql,
              "SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC",
              "SET GLOBAL rpl_semi_sync_master_wait_no_slave = ON",
              "SET GLOBAL rpl_semi_sync_master_timeout = 18446744073709551615",
              "SET GLOBAL rpl_semi_sync_master_enabled = ON");
          await(
              sql,
              "waiting for a replica",
              c -> Sql.pairs(c, semiSyncQuery).is("rpl_semi_sync_master_status", "ON"));
        });
  }

  @Override
  public void relax(NodeId primary) {
    act(
        "go on without the replica",
        primary,
        sql -> Sql.run(sql, "SET GLOBAL rpl_semi_sync_master_enabled = OFF"));
  }

  @Override
  public void stopReceiver(NodeId replica) {
    act(
        "stop the receiver",
        replica,
        sql -> {
          Sql.run(sql, "STOP SLAVE IO_THREAD");
          await(
              sql,
              "stopped",
              c -> Sql.rows(c, SLAVES).stream().allMatch(x -> x.is("slave_io_running", "No")));
        });
  }

  @Override
  public void startApplier(NodeId replica) {
    throw new ActFailedException(
        "MariaDB's applier is not started by itself: it would begin with an empty log", null);
  }

  @Override
  public void promote(NodeId replica) {
    act(
        "promote",
        replica,
        sql -> {
          if (Sql.rows(sql, SLAVES).isEmpty()) {
            return;
          }
          Sql.run(
              sql,
              "SET GLOBAL rpl_semi_sync_master_enabled = OFF",
              "STOP ALL SLAVES",
              "RESET SLAVE ALL");
          await(sql, "a primary", c -> Sql.rows(c, SLAVES).isEmpty());
        });
  }

  @Override
  public void attach(NodeId replica, NodeId primary) {
    act(
        "attach",
        replica,
        sql -> {
          Row source = Sql.row(sql, SLAVES);
          Sql.run(sql, "SET GLOBAL rpl_semi_sync_master_enabled = OFF");
          if (!nodeAt(source.get("master_host"), source.get("master_port"))
              .equals(Optional.of(primary))) {
            Sql.run(sql, "STOP SLAVE", changeMaster(primary));
          }
          Sql.run(sql, "START SLAVE");
          await(sql, "replicating", c -> Sql.row(c, SLAVES).is("slave_sql_running", "Yes"));
        });
  }

  private String changeMaster(NodeId primary) {
    EngineSettings.Address address = address(primary);
    return """
        CHANGE MASTER TO MASTER_HOST = %s, MASTER_PORT = %d, MASTER_USER = %s, MASTER_PASSWORD = %s,
        MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 3, MASTER_HEARTBEAT_PERIOD = 0.5, MASTER_SSL = 0
        """
        .formatted(
            quoted(address.host()),
            address.port(),
            quoted(settings().replicationUser()),
            quoted(settings().replicationPassword()));
  }

  /**
   * Closes writes. The node asks for its role every 2 s, stops the server at once and starts it as
   * a replica, so that recovery cuts off what was never confirmed.
   */
  @Override
  public void demote(NodeId node, NodeId primary) {
    closeWrites(node);
  }

  /** Nothing: the node asks for its role every 2 s, and its answer says so. */
  @Override
  public void reprovision(NodeId node, NodeId primary) {}

  @Override
  public void restoreSettings(NodeId node) {
    act(
        "restore the settings",
        node,
        sql -> {
          Sql.run(
              sql,
              "SET GLOBAL sync_binlog = 1",
              "SET GLOBAL sync_relay_log = 1",
              "SET GLOBAL gtid_strict_mode = ON",
              "SET GLOBAL rpl_semi_sync_slave_enabled = ON",
              "SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC",
              "SET GLOBAL rpl_semi_sync_master_wait_no_slave = ON",
              "SET GLOBAL rpl_semi_sync_master_timeout = 18446744073709551615");
          List<String> left = SOUND.unsound(Sql.row(sql, settingsQuery));
          if (!left.isEmpty()) {
            throw new SQLException("needs a restart: " + String.join("; ", left));
          }
        });
  }
}
