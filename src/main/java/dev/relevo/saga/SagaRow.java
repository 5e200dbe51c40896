package dev.relevo.saga;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A saga as a row of the table {@code saga}, and back. */
final class SagaRow {
  /** The columns that make a saga, in the order of {@link #insert}. */
  static final String COLUMNS =
      "id, state, owner, epoch, deadline, key_scope, key_value, payload_hash, attempt, answer_status,"
          + " answer_type, answer_body, reason, next_try, enlistments, revision, created, updated";

  /** A newer process, during an update, may have written more than this one knows. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private static final TypeReference<List<Enlistment>> ENLISTMENTS = new TypeReference<>() {};
  private static final int LONGEST_REASON = 500;

  private SagaRow() {}

  static void insert(PreparedStatement statement, Saga saga) throws SQLException {
    int i = 0;
    statement.setString(++i, saga.id());
    statement.setString(++i, saga.state().name());
    statement.setString(++i, saga.owner());
    statement.setLong(++i, saga.epoch());
    statement.setLong(++i, millisFromNow(saga.deadline()));
    SagaKey key = saga.key();
    statement.setString(++i, key == null ? null : key.scope());
    statement.setString(++i, key == null ? null : key.value());
    statement.setString(++i, key == null ? null : key.payloadHash());
    statement.setInt(++i, saga.attempt());
    i = answer(statement, i, saga.answer());
    statement.setString(++i, shortened(saga.reason()));
    nextTry(statement, ++i, saga);
    statement.setString(++i, json(saga.enlistments()));
    statement.setLong(++i, saga.revision());
    statement.setInt(++i, saga.isOpen() ? 1 : 0);
  }

  static void update(PreparedStatement statement, SagaState from, Saga saga) throws SQLException {
    int i = 0;
    statement.setString(++i, saga.state().name());
    i = answer(statement, i, saga.answer());
    statement.setString(++i, shortened(saga.reason()));
    nextTry(statement, ++i, saga);
    statement.setString(++i, json(saga.enlistments()));
    statement.setInt(++i, saga.isOpen() ? 1 : 0);
    if (saga.state() == SagaState.RUNNING) {
      statement.setLong(++i, millisFromNow(saga.deadline()));
    }
    statement.setString(++i, saga.id());
    statement.setString(++i, from.name());
    statement.setLong(++i, saga.epoch());
    statement.setLong(++i, saga.revision());
  }

  static void seize(PreparedStatement statement, Saga saga) throws SQLException {
    statement.setString(1, saga.owner());
    statement.setLong(2, saga.epoch());
    statement.setString(3, saga.state().name());
    statement.setString(4, shortened(saga.reason()));
    statement.setLong(5, saga.revision());
    statement.setString(6, saga.id());
  }

  static Saga read(ResultSet row) throws SQLException {
    String scope = row.getString("key_scope");
    int status = row.getInt("answer_status");
    StoredAnswer answer =
        row.wasNull()
            ? null
            : new StoredAnswer(status, row.getString("answer_type"), row.getString("answer_body"));
    return new Saga(
        row.getString("id"),
        SagaState.valueOf(row.getString("state")),
        row.getString("owner"),
        row.getLong("epoch"),
        Instant.ofEpochMilli(row.getLong("deadline")),
        scope == null
            ? null
            : new SagaKey(scope, row.getString("key_value"), row.getString("payload_hash")),
        row.getInt("attempt"),
        answer,
        row.getString("reason"),
        instant(row, "next_try"),
        enlistments(row.getString("enlistments")),
        row.getLong("revision"),
        Instant.ofEpochMilli(row.getLong("created")),
        Instant.ofEpochMilli(row.getLong("updated")));
  }

  private static int answer(PreparedStatement statement, int before, StoredAnswer answer)
      throws SQLException {
    int i = before;
    if (answer == null) {
      statement.setNull(++i, Types.INTEGER);
    } else {
      statement.setInt(++i, answer.status());
    }
    statement.setString(++i, answer == null ? null : answer.contentType());
    statement.setString(++i, answer == null ? null : answer.body());
    return i;
  }

  /** Times go to the journal as distances: its clock is what everybody goes by, not this one's. */
  private static long millisFromNow(Instant instant) {
    return Duration.between(Instant.now(), instant).toMillis();
  }

  private static void nextTry(PreparedStatement statement, int i, Saga saga) throws SQLException {
    if (saga.nextTry() == null) {
      statement.setNull(i, Types.BIGINT);
    } else {
      statement.setLong(i, millisFromNow(saga.nextTry()));
    }
  }

  /**
   * How long before a takeover the former owner's lease ended; null if it did not, or is unknown.
   */
  static Duration late(ResultSet row) throws SQLException {
    long millis = row.getLong("late");
    return row.wasNull() || millis < 0 ? null : Duration.ofMillis(millis);
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static String shortened(String words) {
    return words == null || words.length() <= LONGEST_REASON
        ? words
        : words.substring(0, LONGEST_REASON);
  }

  private static String json(List<Enlistment> enlistments) {
    try {
      return JSON.writeValueAsString(enlistments);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Enlistments are not JSON", e);
    }
  }

  private static List<Enlistment> enlistments(String json) {
    try {
      return JSON.readValue(json, ENLISTMENTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A saga's row holds no enlistments: " + json, e);
    }
  }
}
