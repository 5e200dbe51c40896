package dev.relevo.saga;

import dev.relevo.saga.SagaJournal.Takeover;
import dev.relevo.saga.SagaJournal.Taker;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How sagas change hands in the table {@code saga}; as {@link SagaJournal} says. */
final class JournalTakeovers {
  private static final Logger LOG = LoggerFactory.getLogger(JournalTakeovers.class);
  private static final String EXPIRED =
      "not exists (select 1 from saga_owner o where o.owner = saga.owner and o.lease_end > NOW)";
  private static final String TAKER_MAY =
      "exists (select 1 from saga_owner me where me.owner = ? and me.lease_end > NOW + ?"
          + " and me.held_since <= NOW - ?)";

  /** What {@link SagaJournal#finishing} says, of one owner. */
  static final String FINISHING =
      "open = 1 and owner = ? and state <> 'RUNNING'"
          + " and (state <> 'PARKED' or next_try is not null)";

  private static final String SKIPPING = " for update skip locked";
  private static final String WAITING = " for update";

  private final JournalConnections connections;

  JournalTakeovers(JournalConnections connections) {
    this.connections = connections;
  }

  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  List<Takeover> takeOver(Taker by, Duration grace, int limit) {
    String due =
        "open = 1 and "
            + TAKER_MAY
            + " and ((state <> 'PARKED' and "
            + EXPIRED
            + ") or (state = 'PARKED' and next_try < NOW and "
            + EXPIRED
            + ") or (state = 'RUNNING' and deadline < NOW - ?)"
            + " or (state in ('COMPENSATING', 'COMPLETED') and updated < NOW - ?)) order by created limit ?";
    return seize(
        due + SKIPPING,
        s -> {
          int i = bind(s, 0, by);
          s.setLong(++i, grace.toMillis());
          s.setLong(++i, grace.plus(SagaJournal.STALLED).toMillis());
          s.setInt(++i, limit);
        },
        saga -> saga.takenOver(by.owner(), SagaJournal.OWNER_LOST));
  }

  Optional<Takeover> takeOverIfExpired(Taker by, String id) {
    return seize(
            "id = ? and state in ('RUNNING', 'COMPENSATING', 'PARKED') and "
                + TAKER_MAY
                + " and "
                + EXPIRED
                + SKIPPING,
            s -> {
              s.setString(1, id);
              bind(s, 1, by);
            },
            saga -> saga.takenOver(by.owner(), SagaJournal.OWNER_LOST))
        .stream()
        .findFirst();
  }

  /** Binds what {@link #TAKER_MAY} asks; the number of the last place bound. */
  private static int bind(PreparedStatement statement, int before, Taker by) throws SQLException {
    int i = before;
    statement.setString(++i, by.owner());
    statement.setLong(++i, by.held().dividedBy(2).toMillis());
    statement.setLong(++i, by.held().toMillis());
    return i;
  }

  Optional<Saga> takeForRetry(String owner, String id) {
    return take(
        id,
        "state in ('COMPENSATING', 'PARKED')",
        saga -> saga.takenOver(owner, SagaJournal.OWNER_LOST));
  }

  Optional<Saga> retake(String owner, String id) {
    return seize(
            "id = ? and " + FINISHING + WAITING,
            s -> {
              s.setString(1, id);
              s.setString(2, owner);
            },
            saga -> saga.takenOver(owner, SagaJournal.OWNER_LOST))
        .stream()
        .map(Takeover::saga)
        .findFirst();
  }

  Optional<Saga> adopt(String owner, String id) {
    return take(id, "state = 'RUNNING'", saga -> saga.adopted(owner));
  }

  /** Waits for whoever has the row at this moment: without it, nothing could be taken. */
  private Optional<Saga> take(String id, String condition, UnaryOperator<Saga> change) {
    return seize("id = ? and " + condition + WAITING, s -> s.setString(1, id), change).stream()
        .map(Takeover::saga)
        .findFirst();
  }

  /** Locks the rows, and writes each as its new owner wants it. */
  private List<Takeover> seize(String condition, Binder binder, UnaryOperator<Saga> change) {
    String select =
        "select "
            + SagaRow.COLUMNS
            + ", (select NOW - o.lease_end from saga_owner o where o.owner = saga.owner) as late"
            + " from saga where "
            + condition;
    String update =
        "update saga set owner = ?, epoch = ?, state = ?, reason = ?, next_try = null, revision = ?,"
            + " updated = NOW where id = ?";
    return connections.inTransaction(
        connection -> {
          List<Takeover> taken = new ArrayList<>();
          try (PreparedStatement statement =
              connection.prepareStatement(connections.sql(connection, select))) {
            binder.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                Optional<Saga> saga = read(rows);
                if (saga.isPresent()) {
                  taken.add(new Takeover(change.apply(saga.get()), SagaRow.late(rows)));
                }
              }
            }
          }
          if (!taken.isEmpty()) {
            try (PreparedStatement statement =
                connection.prepareStatement(connections.sql(connection, update))) {
              for (Takeover takeover : taken) {
                SagaRow.seize(statement, takeover.saga());
                statement.executeUpdate();
              }
            }
          }
          return taken;
        });
  }

  /** A row that cannot be read must not keep the others from being taken. */
  private static Optional<Saga> read(ResultSet row) throws SQLException {
    try {
      return Optional.of(SagaRow.read(row));
    } catch (RuntimeException e) {
      LOG.error("The row of saga {} cannot be read", row.getString("id"), e);
      return Optional.empty();
    }
  }
}
