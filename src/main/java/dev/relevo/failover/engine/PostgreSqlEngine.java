package dev.relevo.failover.engine;

import static dev.relevo.failover.engine.Sql.quoted;

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
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pair of PostgreSQL servers with synchronous streaming replication.
 *
 * <p>What a standby has confirmed is in its log, and is replayed after a restart and before a
 * promotion ends, so a standby that was restarted can still be promoted. A former primary is
 * rewound by its node before it starts again.
 */
final class PostgreSqlEngine extends JdbcEngine {
  private static final EngineTraits TRAITS =
      new EngineTraits("postgresql", true, "bytes", 1024 * 1024);

  private static final Expected SOUND =
      new Expected()
          .put("fsync", "on")
          .put("full_page_writes", "on")
          .put("synchronous_commit", "on")
          .put("wal_log_hints", "on");

  private static final Pattern HOST = Pattern.compile("\\bhost=(\\S+)");
  private static final Pattern PORT = Pattern.compile("\\bport=(\\S+)");

  private static final String IN_RECOVERY = "SELECT pg_is_in_recovery() AS it";

  private final String settingsQuery = Sql.file("postgresql/settings.sql");
  private final String primaryQuery = Sql.file("postgresql/primary.sql");
  private final String standbyQuery = Sql.file("postgresql/standby.sql");

  /** Where the timelines before each one were left; never changes. */
  private final Map<Integer, Map<Integer, Long>> histories = new ConcurrentHashMap<>();

  /** What was seen of each node when it was last seen as a primary. */
  private final Map<NodeId, AsPrimary> asPrimary = new ConcurrentHashMap<>();

  /**
   * @param end the end of its log
   * @param lostSlot whether it no longer has all the log that its peer needs
   */
  private record AsPrimary(WalPosition end, boolean lostSlot) {}

  PostgreSqlEngine(EngineSettings settings) {
    super(TRAITS, settings);
  }

  @Override
  Connection open(
      EngineSettings.Address address, EngineSettings settings, Duration connect, Duration socket)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password());
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("ApplicationName", "watchdog");
    properties.setProperty("connectTimeout", seconds(connect));
    properties.setProperty("loginTimeout", seconds(connect));
    properties.setProperty("socketTimeout", seconds(socket));
    return new org.postgresql.Driver()
        .connect(
            "jdbc:postgresql://%s:%d/%s"
                .formatted(address.host(), address.port(), settings.database()),
            properties);
  }

  /** The driver counts whole seconds, and takes zero for no limit. */
  private static String seconds(Duration limit) {
    return String.valueOf(Math.max(1, limit.plusMillis(999).toSeconds()));
  }

  /** The name of a node in {@code synchronous_standby_names}, and of its slot. */
  private static String name(NodeId node) {
    return "node_" + node;
  }

  @Override
  NodeState look(NodeId node, Connection connection) throws SQLException {
    Row server = Sql.row(connection, settingsQuery);
    return server.is("in_recovery", "t")
        ? standby(node, server, connection)
        : primary(node, server, connection);
  }

  private NodeState primary(NodeId node, Row server, Connection connection) throws SQLException {
    String peer = name(node.peer());
    Row row = Sql.row(connection, primaryQuery, peer, peer);
    int timeline = Integer.parseInt(row.get("file").substring(0, 8), 16);
    WalPosition end =
        new WalPosition(
            timeline, Long.parseLong(row.get("flushed")), history(connection, timeline));
    asPrimary.put(node, new AsPrimary(end, row.is("slot", "lost")));
    return new NodeState.Up(
        server.get("started"),
        ServerRole.PRIMARY,
        server.is("read_only", "off"),
        server.is("synchronous_standby_names", required(node))
            && server.is("synchronous_commit", "on"),
        !row.is("attached", "0"),
        Integer.parseInt(row.get("waiting")),
        end,
        Optional.empty(),
        SOUND.unsound(server));
  }

  private NodeState standby(NodeId node, Row server, Connection connection) throws SQLException {
    asPrimary.remove(node);
    Row row = Sql.row(connection, standbyQuery);
    int timeline = timeline(row);
    WalPosition applied =
        new WalPosition(
            timeline, Long.parseLong(row.get("applied")), history(connection, timeline));
    Receiver receiver = receiver(row);
    // A part of a record at the end can't be applied, and is nothing that was ever confirmed.
    boolean whole = receiver == Receiver.STOPPED && row.is("idle", "t");
    WalPosition received = whole ? applied : applied.max(Long.parseLong(row.get("received")));
    Replication replication =
        new Replication(
            nodeAt(word(HOST, row.get("conninfo")), word(PORT, row.get("conninfo"))),
            receiver,
            row.is("paused", "f"),
            received,
            applied,
            diverged(node, received));
    return new NodeState.Up(
        server.get("started"),
        ServerRole.REPLICA,
        false,
        false,
        false,
        0,
        applied,
        Optional.of(replication),
        SOUND.unsound(server));
  }

  /** The newest of what is received, and of what is in the log: each alone may be of old. */
  private static int timeline(Row row) {
    String receiving = row.get("received_tli");
    String written = row.get("newest_timeline");
    return Math.max(
        receiving.isEmpty() ? 1 : Integer.parseInt(receiving),
        written.isEmpty() ? 1 : Integer.parseInt(written, 16));
  }

  private static Receiver receiver(Row row) {
    if (row.is("status", "streaming")) {
      return Receiver.CONNECTED;
    }
    return row.get("conninfo").isEmpty() && row.get("status").isEmpty()
        ? Receiver.STOPPED
        : Receiver.CONNECTING;
  }

  private static String word(Pattern pattern, String conninfo) {
    Matcher matcher = pattern.matcher(conninfo);
    return matcher.find() ? matcher.group(1) : "";
  }

  private Map<Integer, Long> history(Connection connection, int timeline) throws SQLException {
    Map<Integer, Long> known = histories.get(timeline);
    if (known != null || timeline == 1) {
      return known == null ? Map.of() : known;
    }
    String file =
        Sql.row(connection, "SELECT timeline_history(?::int) AS it", String.valueOf(timeline))
            .get("it");
    Map<Integer, Long> history = WalPosition.history(file);
    if (!history.isEmpty()) {
      histories.put(timeline, history);
    }
    return history;
  }

  private Optional<String> diverged(NodeId node, WalPosition received) {
    AsPrimary primary = asPrimary.get(node.peer());
    if (primary == null) {
      return Optional.empty();
    }
    if (!primary.end().onMyWay(received)) {
      return Optional.of(
          "it is at %s, which is not on the primary's way to %s"
              .formatted(received, primary.end()));
    }
    return primary.lostSlot()
        ? Optional.of("the primary no longer keeps all the log that it needs")
        : Optional.empty();
  }

  /** Set in a form of its own, after it was seen to be in force: see requireReplica. */
  private static String required(NodeId primary) {
    return "ANY 1 (%s)".formatted(name(primary.peer()));
  }

  @Override
  public void openWrites(NodeId primary) {
    act(
        "open writes",
        primary,
        sql -> {
          keepLogFor(primary.peer(), sql);
          set(primary, sql, "default_transaction_read_only", "off");
        });
  }

  /**
   * Ends the applications' sessions too, for a transaction that has begun may write on. Not those
   * whose commit waits for the standby: ended, it would be seen by others without ever having been
   * confirmed, and their clients have been cut off anyway.
   */
  @Override
  public void closeWrites(NodeId primary) {
    act(
        "close writes",
        primary,
        sql -> {
          set(primary, sql, "default_transaction_read_only", "on");
          Sql.rows(
              sql,
              """
              SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE backend_type = 'client backend' AND usename <> current_user
                AND datname <> current_database()
                AND wait_event IS DISTINCT FROM 'SyncRep'
              """);
        });
  }

  /**
   * A reload takes effect whenever a process gets round to it, and what makes commits wait is what
   * the checkpointer has told the others. A checkpoint that was asked for after the postmaster had
   * passed the change on ends after the checkpointer has read it; only then the setting gets the
   * form that counts as in force.
   */
  @Override
  public void requireReplica(NodeId primary) {
    act(
        "require the replica",
        primary,
        sql -> {
          Row now = Sql.row(sql, "SELECT current_setting('synchronous_standby_names') AS it");
          if (now.is("it", required(primary))) {
            return;
          }
          set(primary, sql, "synchronous_standby_names", name(primary.peer()));
          Sql.run(sql, "CHECKPOINT");
          set(primary, sql, "synchronous_standby_names", required(primary));
        });
  }

  @Override
  public void relax(NodeId primary) {
    act(
        "go on without the replica",
        primary,
        sql -> set(primary, sql, "synchronous_standby_names", ""));
  }

  @Override
  public void stopReceiver(NodeId replica) {
    act(
        "stop the receiver",
        replica,
        sql -> {
          set(replica, sql, "primary_conninfo", "");
          await(sql, "stopped", c -> Sql.rows(c, "SELECT pid FROM pg_stat_wal_receiver").isEmpty());
        });
  }

  @Override
  public void startApplier(NodeId replica) {
    act("start the applier", replica, PostgreSqlEngine::resume);
  }

  private static void resume(Connection sql) throws SQLException {
    if (Sql.row(sql, "SELECT pg_is_wal_replay_paused() AS it").is("it", "t")) {
      Sql.rows(sql, "SELECT pg_wal_replay_resume()");
    }
  }

  @Override
  public void promote(NodeId replica) {
    act(
        "promote",
        replica,
        sql -> {
          if (Sql.row(sql, IN_RECOVERY).is("it", "t")) {
            set(replica, sql, "synchronous_standby_names", "");
            set(replica, sql, "default_transaction_read_only", "on");
            Sql.rows(sql, "SELECT pg_promote(false)");
            await(sql, "promoted", c -> Sql.row(c, IN_RECOVERY).is("it", "f"));
          }
          keepLogFor(replica.peer(), sql);
        });
  }

  private static void keepLogFor(NodeId node, Connection sql) throws SQLException {
    if (Sql.rows(sql, "SELECT 1 FROM pg_replication_slots WHERE slot_name = ?", name(node))
        .isEmpty()) {
      Sql.rows(sql, "SELECT pg_create_physical_replication_slot(?, true)", name(node));
    }
  }

  @Override
  public void attach(NodeId replica, NodeId primary) {
    act("keep log", primary, sql -> keepLogFor(replica, sql));
    act(
        "attach",
        replica,
        sql -> {
          if (Sql.row(sql, IN_RECOVERY).is("it", "f")) {
            throw new SQLException("it is a primary");
          }
          EngineSettings.Address address = address(primary);
          set(replica, sql, "primary_slot_name", name(replica));
          set(
              replica,
              sql,
              "primary_conninfo",
              "host=%s port=%d user=%s application_name=%s"
                  .formatted(
                      address.host(), address.port(), settings().replicationUser(), name(replica)));
          resume(sql);
        });
  }

  /**
   * Closes writes. The node asks for its role every 2 s, stops the server, rewinds it, and starts
   * it as a standby.
   */
  @Override
  public void demote(NodeId node, NodeId primary) {
    closeWrites(node);
  }

  /** Nothing: the node asks for its role every 2 s, and its answer says so. */
  @Override
  public void reprovision(NodeId node, NodeId primary) {}

  /** None of these can be set by anyone but the superuser. */
  @Override
  public void restoreSettings(NodeId node) {
    act(
        "restore the settings",
        node,
        sql -> {
          String unsound = String.join("; ", SOUND.unsound(Sql.row(sql, settingsQuery)));
          if (!unsound.isEmpty()) {
            throw new SQLException("needs a superuser: " + unsound);
          }
        });
  }

  /** Sets it and waits until sessions that begin now have it: the postmaster has passed it on. */
  private void set(NodeId node, Connection sql, String setting, String value) throws SQLException {
    Sql.run(sql, "ALTER SYSTEM SET %s = %s".formatted(setting, quoted(value)));
    Sql.rows(sql, "SELECT pg_reload_conf()");
    awaitAfresh(
        node,
        setting + "=" + value,
        c -> Sql.row(c, "SELECT current_setting(?) AS it", setting).is("it", value));
  }
}
