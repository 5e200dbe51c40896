package dev.relevo.saga;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A journal in the tables {@code saga} and {@code saga_owner} of a PostgreSQL, MySQL or MariaDB
 * database.
 *
 * <p>Each write of a running saga is one statement in a transaction of its own: one round trip, one
 * commit.
 */
public final class JdbcSagaJournal implements SagaJournal {
  private static final int MOST_REVISIONS = 5;

  private final JournalConnections connections;
  private final JournalTakeovers takeovers;

  /**
   * @param dataSource connections with connect and socket time-outs, from a pool that gives up
   *     within half a lease when it has none, and without any statement time-out: cancelling a
   *     commit that waits for a replica makes it look like a success
   */
  public JdbcSagaJournal(DataSource dataSource) {
    this.connections = new JournalConnections(dataSource);
    this.takeovers = new JournalTakeovers(connections);
  }

  @Override
  public void begin(Saga saga) {
    String sql =
        "insert into saga ("
            + SagaRow.COLUMNS
            + ", open) values (?,?,?,?,NOW + ?,?,?,?,?,?,?,?,?,NOW + ?,?,?,NOW,NOW,?)";
    try {
      connections.run(
          sql,
          statement -> {
            SagaRow.insert(statement, saga);
            return statement.executeUpdate();
          });
    } catch (JournalConnections.DuplicateException e) {
      Saga row =
          find(saga.id()).orElseThrow(() -> new SagaKeyTakenException(saga.key(), saga.attempt()));
      SagaTakenOverException.unlessOwn(saga.state(), saga, row);
    }
  }

  @Override
  public Saga write(SagaState from, Saga saga) {
    Saga next = saga;
    for (int tries = 0; tries < MOST_REVISIONS; tries++) {
      if (update(from, next)) {
        return next.written();
      }
      Saga row = find(saga.id()).orElse(null);
      SagaTakenOverException.unlessOwn(from, saga, row);
      next = next.onTopOf(row.revision());
      if (row.state() != from) {
        return next;
      }
    }
    throw new JournalUnavailableException("Saga " + saga.id() + " keeps changing", null);
  }

  private boolean update(SagaState from, Saga saga) {
    String sql =
        "update saga set state = ?, answer_status = ?, answer_type = ?, answer_body = ?, reason = ?,"
            + " next_try = NOW + ?, enlistments = ?, open = ?, revision = revision + 1, updated = NOW"
            + (saga.state() == SagaState.RUNNING ? ", deadline = NOW + ?" : "")
            + " where id = ? and state = ? and epoch = ? and revision = ?";
    return connections.run(
            sql,
            statement -> {
              SagaRow.update(statement, from, saga);
              return statement.executeUpdate();
            })
        > 0;
  }

  @Override
  public Optional<Saga> find(String id) {
    return query("select " + SagaRow.COLUMNS + " from saga where id = ?", s -> s.setString(1, id))
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Saga> latest(String scope, String key) {
    return query(
            "select "
                + SagaRow.COLUMNS
                + " from saga where key_scope = ? and key_value = ? order by attempt desc limit 1",
            s -> {
              s.setString(1, scope);
              s.setString(2, key);
            })
        .stream()
        .findFirst();
  }

  @Override
  public List<Saga> list(SagaState state, int limit, String before) {
    StringBuilder sql = new StringBuilder("select " + SagaRow.COLUMNS + " from saga where 1 = 1");
    if (state != null) {
      sql.append(state.isFinal() ? " and state = ?" : " and open = 1 and state = ?");
    }
    if (before != null) {
      sql.append(" and (created, id) < (select b.created, b.id from saga b where b.id = ?)");
    }
    sql.append(" order by created desc, id desc limit ?");
    return query(
        sql.toString(),
        s -> {
          int i = 0;
          if (state != null) {
            s.setString(++i, state.name());
          }
          if (before != null) {
            s.setString(++i, before);
          }
          s.setInt(++i, limit);
        });
  }

  @Override
  public Map<SagaState, Long> unfinished() {
    return connections.run(
        "select state, count(*) from saga where open = 1 and state <> 'COMPLETED' group by state",
        statement -> {
          Map<SagaState, Long> counts = new EnumMap<>(SagaState.class);
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              counts.put(SagaState.valueOf(rows.getString(1)), rows.getLong(2));
            }
          }
          return counts;
        });
  }

  @Override
  public Map<SagaState, Duration> oldest() {
    return connections.run(
        "select state, NOW - min(created) from saga where open = 1 and state <> 'COMPLETED'"
            + " group by state",
        statement -> {
          Map<SagaState, Duration> ages = new EnumMap<>(SagaState.class);
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              ages.put(SagaState.valueOf(rows.getString(1)), Duration.ofMillis(rows.getLong(2)));
            }
          }
          return ages;
        });
  }

  @Override
  public void renew(String owner, Duration lease) {
    Duration limit = lease.dividedBy(2);
    // held_since comes first: MySQL assigns from left to right, and it depends on the old lease.
    int rows =
        connections.runWithin(
            limit,
            "update saga_owner set"
                + " held_since = case when lease_end < NOW + ? then NOW else held_since end,"
                + " lease_end = NOW + ? where owner = ?",
            s -> {
              s.setLong(1, limit.toMillis());
              s.setLong(2, lease.toMillis());
              s.setString(3, owner);
              return s.executeUpdate();
            });
    if (rows == 0) {
      connections.runWithin(
          limit,
          "insert into saga_owner (owner, held_since, lease_end) values (?, NOW, NOW + ?)",
          s -> {
            s.setString(1, owner);
            s.setLong(2, lease.toMillis());
            return s.executeUpdate();
          });
    }
  }

  @Override
  public void release(String owner) {
    connections.run(
        "update saga_owner set lease_end = NOW where owner = ?",
        s -> {
          s.setString(1, owner);
          return s.executeUpdate();
        });
  }

  @Override
  public List<Takeover> takeOver(Taker by, Duration grace, int limit) {
    return takeovers.takeOver(by, grace, limit);
  }

  @Override
  public Optional<Takeover> takeOverIfExpired(Taker by, String id) {
    return takeovers.takeOverIfExpired(by, id);
  }

  @Override
  public Optional<Saga> takeForRetry(String owner, String id) {
    return takeovers.takeForRetry(owner, id);
  }

  @Override
  public List<String> finishing(String owner) {
    return ids(
        "select id from saga where " + JournalTakeovers.FINISHING, s -> s.setString(1, owner));
  }

  @Override
  public Optional<Saga> retake(String owner, String id) {
    return takeovers.retake(owner, id);
  }

  @Override
  public Optional<Saga> adopt(String owner, String id) {
    return takeovers.adopt(owner, id);
  }

  @Override
  public int purge(Duration keep, int limit) {
    connections.run(
        "delete from saga_owner where lease_end < NOW - ? and not exists"
            + " (select 1 from saga where saga.owner = saga_owner.owner and saga.open = 1)",
        s -> {
          s.setLong(1, keep.toMillis());
          return s.executeUpdate();
        });
    // Nothing is written before it is created, so the index on the time of creation finds them all.
    List<String> old =
        ids(
            "select id from saga where open = 0 and created < NOW - ? and updated < NOW - ?"
                + " and not exists (select 1 from saga l where l.key_scope = saga.key_scope"
                + " and l.key_value = saga.key_value and l.attempt > saga.attempt)"
                + " order by created limit ?",
            s -> {
              s.setLong(1, keep.toMillis());
              s.setLong(2, keep.toMillis());
              s.setInt(3, limit);
            });
    if (old.isEmpty()) {
      return 0;
    }
    String places = String.join(",", Collections.nCopies(old.size(), "?"));
    return connections.run(
        "delete from saga where open = 0 and updated < NOW - ? and id in (" + places + ")",
        s -> {
          s.setLong(1, keep.toMillis());
          for (int i = 0; i < old.size(); i++) {
            s.setString(i + 2, old.get(i));
          }
          return s.executeUpdate();
        });
  }

  private List<String> ids(String sql, Binder binder) {
    return connections.run(
        sql,
        statement -> {
          binder.bind(statement);
          List<String> ids = new ArrayList<>();
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              ids.add(rows.getString(1));
            }
          }
          return ids;
        });
  }

  private List<Saga> query(String sql, Binder binder) {
    return connections.run(
        sql,
        statement -> {
          binder.bind(statement);
          List<Saga> sagas = new ArrayList<>();
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              sagas.add(SagaRow.read(rows));
            }
          }
          return sagas;
        });
  }

  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }
}
