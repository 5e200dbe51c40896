package dev.relevo.failover.engine;

import static dev.relevo.failover.engine.Sql.quoted;

import dev.relevo.failover.EngineSettings;
import dev.relevo.failover.EngineTraits;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.NodeState;
import dev.relevo.failover.NodeState.Replication;
import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.engine.Sql.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A pair of MySQL servers with semi-synchronous replication by GTID.
 *
 * <p>A server is a replica if it has a source configured. What it received is in its relay log, on
 * disk before it is confirmed, and recovery keeps it ({@code relay_log_recovery=OFF}), so a replica
 * that was restarted can still be promoted.
 */
final class MySqlEngine extends JdbcEngine {
  private static final EngineTraits TRAITS = new EngineTraits("mysql", true, "transactions", 100);

  private static final Expected SOUND =
      new Expected()
          .put("log_bin", "1")
          .put("log_replica_updates", "1")
          .put("gtid_mode", "ON")
          .put("sync_binlog", "1")
          .put("innodb_flush_log_at_trx_commit", "1")
          .put("sync_relay_log", "1")
          .put("relay_log_recovery", "0")
          .put("rpl_semi_sync_replica_enabled", "1")
          .put("rpl_semi_sync_source_wait_point", "AFTER_SYNC")
          .put("rpl_semi_sync_source_wait_for_replica_count", "1")
          .put("rpl_semi_sync_source_wait_no_replica", "1")
          .put("rpl_semi_sync_source_timeout", "4294967295");

  /** The source no longer has what is asked for; the replica has what the source hasn't. */
  private static final Set<String> SOURCE_CANNOT_SERVE = Set.of("1236", "13114", "13115", "13117");

  /** None; killed or shut down while applying; lock wait and deadlock: trying again helps. */
  private static final Set<String> PASSING = Set.of("0", "1053", "1317", "3024", "1205", "1213");

  private static final String REPLICA = "SHOW REPLICA STATUS";

  private final String settingsQuery = Sql.file("mysql/settings.sql");
  private final String semiSyncQuery = Sql.file("mysql/semi-sync.sql");
  private final String positionQuery = Sql.file("mysql/position.sql");

  /** What each node had executed when it was last seen as a primary. */
  private final Map<NodeId, GtidSet> asPrimary = new ConcurrentHashMap<>();

  MySqlEngine(EngineSettings settings) {
    super(TRAITS, settings);
  }

  @Override
  Connection open(
      EngineSettings.Address address, EngineSettings settings, Duration connect, Duration socket)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password());
    properties.setProperty("sslMode", "DISABLED");
    properties.setProperty("allowPublicKeyRetrieval", "true");
    // A probe asks all it has to in one round trip.
    properties.setProperty("allowMultiQueries", "true");
    properties.setProperty("connectTimeout", String.valueOf(connect.toMillis()));
    properties.setProperty("socketTimeout", String.valueOf(socket.toMillis()));
    return new com.mysql.cj.jdbc.Driver()
        .connect(
            "jdbc:mysql://%s:%d/%s".formatted(address.host(), address.port(), settings.database()),
            properties);
  }

  @Override
  NodeState look(NodeId node, Connection connection) throws SQLException {
    List<List<Row>> results =
        Sql.results(connection, settingsQuery, semiSyncQuery, REPLICA, positionQuery);
    Row server = results.get(0).get(0);
    Row semiSync = Sql.pairs(results.get(1));
    List<Row> sources = results.get(2);
    Row position = results.get(3).get(0);
    GtidSet executed = GtidSet.parse(position.get("executed"));
    boolean primary = sources.isEmpty();
    if (primary) {
      asPrimary.put(node, executed);
    } else {
      asPrimary.remove(node);
    }
    return new NodeState.Up(
        MariaDbEngine.incarnation(server.get("pid_file")),
        primary ? ServerRole.PRIMARY : ServerRole.REPLICA,
        server.is("read_only", "0"),
        primary && semiSync.is("rpl_semi_sync_source_status", "ON") && waits(server),
        primary && !semiSync.is("rpl_semi_sync_source_clients", "0"),
        primary ? Integer.parseInt(semiSync.get("rpl_semi_sync_source_wait_sessions")) : 0,
        primary ? executed.plus(GtidSet.parseOwned(position.get("owned"))) : executed,
        primary
            ? Optional.empty()
            : Optional.of(replication(node, server, sources.get(0), executed)),
        SOUND.unsound(server));
  }

  private static boolean waits(Row server) {
    return server.is("semi_sync", "1")
        && server.is("rpl_semi_sync_source_wait_point", "AFTER_SYNC")
        && server.is("rpl_semi_sync_source_wait_for_replica_count", "1")
        && server.is("rpl_semi_sync_source_wait_no_replica", "1");
  }

  private Replication replication(NodeId node, Row server, Row source, GtidSet applied) {
    return new Replication(
        nodeAt(source.get("source_host"), source.get("source_port")),
        MariaDbEngine.receiver(source.get("replica_io_running")),
        source.is("replica_sql_running", "Yes"),
        applied.plus(GtidSet.parse(source.get("retrieved_gtid_set"))),
        applied,
        diverged(node, server.get("server_uuid"), source, applied));
  }

  private Optional<String> diverged(NodeId node, String uuid, Row source, GtidSet applied) {
    if (SOURCE_CANNOT_SERVE.contains(source.get("last_io_errno"))) {
      return Optional.of(source.get("last_io_error"));
    }
    if (!PASSING.contains(source.get("last_sql_errno"))) {
      return Optional.of(source.get("last_sql_error"));
    }
    // A replica writes nothing, so what bears its own name it wrote as a primary: all of that the
    // primary must have.
    GtidSet primary = asPrimary.get(node.peer());
    GtidSet own = applied.of(uuid);
    return primary == null || primary.covers(own)
        ? Optional.empty()
        : Optional.of(
            "it has %d transactions of its own that the primary hasn't"
                .formatted(primary.behind(own)));
  }

  @Override
  public void openWrites(NodeId primary) {
    act(
        "open writes",
        primary,
        sql -> {
          if (!Sql.rows(sql, REPLICA).isEmpty()) {
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
        sql -> Sql.run(sql, "SET lock_wait_timeout = 1", "SET GLOBAL super_read_only = ON"));
  }

  @Override
  public void requireReplica(NodeId primary) {
    act(
        "require the replica",
        primary,
        sql -> {
          Sql.run(
              sql,
              "SET GLOBAL rpl_semi_sync_source_wait_point = AFTER_SYNC",
              "SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 1",
              "SET GLOBAL rpl_semi_sync_source_wait_no_replica = ON",
              "SET GLOBAL rpl_semi_sync_source_timeout = 4294967295",
              "SET GLOBAL rpl_semi_sync_source_enabled = ON");
          await(
              sql,
              "waiting for a replica",
              c -> Sql.pairs(c, semiSyncQuery).is("rpl_semi_sync_source_status", "ON"));
        });
  }

  @Override
  public void relax(NodeId primary) {
    act(
        "go on without the replica",
        primary,
        sql -> Sql.run(sql, "SET GLOBAL rpl_semi_sync_source_enabled = OFF"));
  }

  @Override
  public void stopReceiver(NodeId replica) {
    act(
        "stop the receiver",
        replica,
        sql -> {
          Sql.run(sql, "STOP REPLICA IO_THREAD");
          await(
              sql,
              "stopped",
              c -> Sql.rows(c, REPLICA).stream().allMatch(x -> x.is("replica_io_running", "No")));
        });
  }

  @Override
  public void startApplier(NodeId replica) {
    act("start the applier", replica, sql -> Sql.run(sql, "START REPLICA SQL_THREAD"));
  }

  @Override
  public void promote(NodeId replica) {
    act(
        "promote",
        replica,
        sql -> {
          if (Sql.rows(sql, REPLICA).isEmpty()) {
            return;
          }
          Sql.run(
              sql,
              "SET GLOBAL rpl_semi_sync_source_enabled = OFF",
              "STOP REPLICA",
              "RESET REPLICA ALL");
          await(sql, "a primary", c -> Sql.rows(c, REPLICA).isEmpty());
        });
  }

  @Override
  public void attach(NodeId replica, NodeId primary) {
    act(
        "attach",
        replica,
        sql -> {
          Row source = Sql.row(sql, REPLICA);
          Sql.run(sql, "SET GLOBAL rpl_semi_sync_source_enabled = OFF");
          if (!nodeAt(source.get("source_host"), source.get("source_port"))
              .equals(Optional.of(primary))) {
            Sql.run(sql, "STOP REPLICA", changeSource(primary));
          }
          Sql.run(sql, "START REPLICA");
          await(sql, "replicating", c -> Sql.row(c, REPLICA).is("replica_sql_running", "Yes"));
        });
  }

  private String changeSource(NodeId primary) {
    EngineSettings.Address address = address(primary);
    return """
        CHANGE REPLICATION SOURCE TO SOURCE_HOST = %s, SOURCE_PORT = %d, SOURCE_USER = %s, SOURCE_PASSWORD = %s,
        SOURCE_AUTO_POSITION = 1, SOURCE_CONNECT_RETRY = 3, SOURCE_RETRY_COUNT = 0, SOURCE_HEARTBEAT_PERIOD = 0.5,
        SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 1
        """
        .formatted(
            quoted(address.host()),
            address.port(),
            quoted(settings().replicationUser()),
            quoted(settings().replicationPassword()));
  }

  /**
   * Closes writes, and gives a source to a server that has none: a node's server comes up without
   * one after it was cloned, or was a primary. A server that has served as a primary is stopped by
   * its node, which asks for its role every 2 s.
   */
  @Override
  public void demote(NodeId node, NodeId primary) {
    closeWrites(node);
    act(
        "demote",
        node,
        sql -> {
          if (Sql.rows(sql, REPLICA).isEmpty()) {
            Sql.run(sql, changeSource(primary));
          }
        });
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
              "SET GLOBAL innodb_flush_log_at_trx_commit = 1",
              "SET GLOBAL sync_relay_log = 1",
              "SET GLOBAL rpl_semi_sync_replica_enabled = ON",
              "SET GLOBAL rpl_semi_sync_source_wait_point = AFTER_SYNC",
              "SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 1",
              "SET GLOBAL rpl_semi_sync_source_wait_no_replica = ON",
              "SET GLOBAL rpl_semi_sync_source_timeout = 4294967295");
          List<String> left = SOUND.unsound(Sql.row(sql, settingsQuery));
          if (!left.isEmpty()) {
            throw new SQLException("needs a restart: " + String.join("; ", left));
          }
        });
  }
}
