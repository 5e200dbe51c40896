package dev.relevo.barrier;

import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** The table {@code saga_barrier}; every method needs a transaction around it. */
final class BarrierTable {
  private static final String INSERT =
      "INSERT INTO saga_barrier (saga_id, step, enlistment_no, op, outcome, payload_hash,"
          + " answer_status, answer_type, answer_location, answer_body)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /** Without them, Spring asks some drivers, and those the server, for the type of every null. */
  private static final int[] TYPES = {
    Types.VARCHAR,
    Types.VARCHAR,
    Types.INTEGER,
    Types.VARCHAR,
    Types.VARCHAR,
    Types.VARCHAR,
    Types.INTEGER,
    Types.VARCHAR,
    Types.VARCHAR,
    Types.VARCHAR
  };

  private static final String SELECT =
      "SELECT outcome, payload_hash, answer_status, answer_type, answer_location, answer_body"
          + " FROM saga_barrier WHERE saga_id = ? AND step = ? AND enlistment_no = ? AND op = ?"
          + " FOR UPDATE";
  private static final String DELETE =
      "DELETE FROM saga_barrier WHERE saga_id = ? AND step = ? AND enlistment_no = ? AND op = ?";
  private static final RowMapper<Row> ROW =
      (rs, n) ->
          new Row(
              Outcome.valueOf(rs.getString(1)),
              rs.getString(2),
              new Answer(rs.getInt(3), rs.getString(4), rs.getString(5), rs.getString(6)));

  private final JdbcTemplate jdbc;
  private final String insertIfAbsent;
  private final String insertOrLock;
  private final String selectOld;

  BarrierTable(JdbcTemplate jdbc, BarrierDialect dialect) {
    this.jdbc = jdbc;
    this.insertIfAbsent = INSERT + dialect.ifAbsent();
    this.insertOrLock = INSERT + dialect.orLock();
    this.selectOld =
        "SELECT saga_id, step, enlistment_no, op FROM saga_barrier WHERE created_at < "
            + dialect.secondsAgo()
            + " ORDER BY created_at LIMIT ?";
  }

  /** What became of a call. */
  record Row(Outcome outcome, String payloadHash, Answer answer) {}

  /**
   * Writes the outcome of a call; waits for a transaction that has written one and is not yet over.
   *
   * @return false if there is one already; then the transaction has to be rolled back
   */
  boolean insert(CallKey key, Outcome outcome, String payloadHash, Answer answer) {
    try {
      return write(insertIfAbsent, key, outcome, payloadHash, answer) == 1;
    } catch (DuplicateKeyException e) {
      return false;
    }
  }

  /** Sees to it that the call has an outcome: its own, else CANCELLED. */
  void cancelUnlessThere(CallKey key) {
    write(insertOrLock, key, Outcome.CANCELLED, null, new Answer(0, null, null, null));
  }

  private int write(String sql, CallKey key, Outcome outcome, String payloadHash, Answer answer) {
    Object[] values = {
      key.sagaId(),
      key.step(),
      key.enlistment(),
      key.operation().text(),
      outcome.name(),
      payloadHash,
      answer.status(),
      answer.contentType(),
      answer.location(),
      answer.body()
    };
    return jdbc.update(sql, values, TYPES);
  }

  /** Reads and locks the row of a call. */
  Optional<Row> find(CallKey key) {
    return jdbc
        .query(SELECT, ROW, key.sagaId(), key.step(), key.enlistment(), key.operation().text())
        .stream()
        .findFirst();
  }

  /** Deletes the oldest rows older than an age; returns their number, at most {@code limit}. */
  int purge(Duration age, int limit) {
    List<Object[]> old =
        jdbc.query(
            selectOld,
            (rs, n) ->
                new Object[] {rs.getString(1), rs.getString(2), rs.getInt(3), rs.getString(4)},
            age.toSeconds(),
            limit);
    jdbc.batchUpdate(DELETE, old);
    return old.size();
  }
}
