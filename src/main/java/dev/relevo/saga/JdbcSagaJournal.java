package dev.relevo.saga;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
  private static final String COLUMNS =
      "id, state, owner, epoch, deadline, key_scope, key_value, payload_hash, attempt, answer_status,"
          + " answer_type, answer_body, reason, next_try, enlistments, created, updated";
  private static final String EXPIRED =
      "not exists (select 1 from saga_owner o where o.owner = saga.owner and o.lease_end > NOW)";

  private final JournalConnections connections;

  /**
   * @param dataSource connections in auto-commit mode, with connect and socket time-outs and
   *     without any statement time-out: cancelling a commit that waits for a replica makes it look
   *     like a success
   */
  public JdbcSagaJournal(DataSource dataSource) {
    this.connections = new JournalConnections(dataSource);
  }

  @Override
  public void begin(Saga saga) {
    String sql =
        "insert into saga (" + COLUMNS + ", open) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NOW,NOW,?)";
    try {
      connections.run(
          sql,
          statement -> {
            SagaRow.insert(statement, saga);
            return statement.executeUpdate();
          });
    } catch (JournalConnections.DuplicateException e) {
      if (find(saga.id()).isEmpty()) {
        throw new SagaKeyTakenException(saga.key(), saga.attempt());
      }
    }
  }

  @Override
  public void write(SagaState from, Saga saga) {
    String sql =
        "update saga set state = ?, answer_status = ?, answer_type = ?, answer_body = ?, reason = ?, next_try = ?,"
            + " enlistments = ?, open = ?, updated = NOW where id = ? and state = ? and epoch = ?";
    int rows =
        connections.run(
            sql,
            statement -> {
              SagaRow.update(statement, from, saga);
              return statement.executeUpdate();
            });
    if (rows == 0) {
      requireOwnEffect(saga);
    }
  }

  /**
   * A row that is already as it was to become was written by an earlier try whose outcome was lost.
   */
  private void requireOwnEffect(Saga saga) {
    Saga row =
        find(saga.id())
            .orElseThrow(
                () ->
                    new SagaTakenOverException(
                        "Saga " + saga.id() + " is not in the journal", null));
    if (row.epoch() != saga.epoch()) {
      throw new SagaTakenOverException(
          "Saga " + saga.id() + " is under epoch " + row.epoch() + ", not " + saga.epoch(), null);
    }
    if (row.state() != saga.state()) {
      throw new SagaTakenOverException("Saga " + saga.id() + " is " + row.state(), null);
    }
  }

  @Override
  public Optional<Saga> find(String id) {
    return query("select " + COLUMNS + " from saga where id = ?", s -> s.setString(1, id)).stream()
        .findFirst();
  }

  @Override
  public Optional<Saga> latest(String scope, String key) {
    return query(
            "select "
                + COLUMNS
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
    String sql =
        "select "
            + COLUMNS
            + " from saga where (? is null or state = ?) and (? is null or (created, id) <"
            + " (select b.created, b.id from saga b where b.id = ?)) order by created desc, id desc limit ?";
    String name = state == null ? null : state.name();
    return query(
        sql,
        s -> {
          s.setString(1, name);
          s.setString(2, name);
          s.setString(3, before);
          s.setString(4, before);
          s.setInt(5, limit);
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
  public void renew(String owner, Duration lease) {
    setLease(owner, lease.toMillis());
  }

  @Override
  public void release(String owner) {
    setLease(owner, 0);
  }

  private void setLease(String owner, long millis) {
    int rows =
        connections.run(
            "update saga_owner set lease_end = NOW + ? where owner = ?",
            s -> {
              s.setLong(1, millis);
              s.setString(2, owner);
              return s.executeUpdate();
            });
    if (rows == 0) {
      connections.run(
          "insert into saga_owner (owner, lease_end) values (?, NOW + ?)",
          s -> {
            s.setString(1, owner);
            s.setLong(2, millis);
            return s.executeUpdate();
          });
    }
  }

  @Override
  public List<Saga> takeOver(String owner, Duration grace, int limit) {
    String due =
        "open = 1 and ((state in ('RUNNING', 'COMPENSATING', 'COMPLETED') and "
            + EXPIRED
            + ") or (state = 'PARKED' and next_try is not null and next_try < NOW and "
            + EXPIRED
            + ") or (state = 'RUNNING' and deadline < NOW - ?)"
            + " or (state = 'COMPENSATING' and updated < NOW - ?)) order by created limit ?";
    return seize(
        due,
        s -> {
          s.setLong(1, grace.toMillis());
          s.setLong(2, grace.plus(STALLED).toMillis());
          s.setInt(3, limit);
        },
        saga -> saga.takenOver(owner, OWNER_LOST));
  }

  @Override
  public Optional<Saga> takeOver(String owner, String id, boolean onlyExpired) {
    return seize(
            "id = ? and state in ('RUNNING', 'COMPENSATING', 'PARKED')"
                + (onlyExpired ? " and " + EXPIRED : ""),
            s -> s.setString(1, id),
            saga -> saga.takenOver(owner, OWNER_LOST))
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Saga> adopt(String owner, String id) {
    return seize(
            "id = ? and state = 'RUNNING'", s -> s.setString(1, id), saga -> saga.adopted(owner))
        .stream()
        .findFirst();
  }

  /** Locks the rows that nobody else has locked, and writes each as its new owner wants it. */
  private List<Saga> seize(
      String condition, Binder binder, java.util.function.UnaryOperator<Saga> change) {
    return connections.inTransaction(
        connection -> {
          List<Saga> taken = new ArrayList<>();
          try (PreparedStatement select =
              connection.prepareStatement(
                  connections.sql(
                      connection,
                      "select "
                          + COLUMNS
                          + " from saga where "
                          + condition
                          + " for update skip locked"))) {
            binder.bind(select);
            try (ResultSet rows = select.executeQuery()) {
              while (rows.next()) {
                taken.add(change.apply(SagaRow.read(rows)));
              }
            }
          }
          try (PreparedStatement update =
              connection.prepareStatement(
                  connections.sql(
                      connection,
                      "update saga set owner = ?, epoch = ?, state = ?, reason = ?, next_try = ?,"
                          + " updated = NOW where id = ?"))) {
            for (Saga saga : taken) {
              SagaRow.seize(update, saga);
              update.executeUpdate();
            }
          }
          return taken;
        });
  }

  @Override
  public int purge(Instant olderThan, int limit) {
    long millis = olderThan.toEpochMilli();
    connections.run(
        "delete from saga_owner where lease_end < ? and not exists (select 1 from saga where"
            + " saga.owner = saga_owner.owner and saga.open = 1)",
        s -> {
          s.setLong(1, millis);
          return s.executeUpdate();
        });
    List<Saga> old =
        query(
            "select "
                + COLUMNS
                + " from saga where open = 0 and updated < ? order by updated limit ?",
            s -> {
              s.setLong(1, millis);
              s.setInt(2, limit);
            });
    for (Saga saga : old) {
      connections.run(
          "delete from saga where id = ? and open = 0",
          s -> {
            s.setString(1, saga.id());
            return s.executeUpdate();
          });
    }
    return old.size();
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

  /** Work in one transaction. */
  interface Work<T> {
    T in(Connection connection) throws SQLException;
  }
}
