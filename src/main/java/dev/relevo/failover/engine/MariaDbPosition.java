package dev.relevo.failover.engine;

import dev.relevo.failover.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A place in MariaDB's history: the last transaction of each replication domain, and the last of
 * each server in each domain.
 *
 * <p>Sequence numbers grow along a history ({@code gtid_strict_mode}), but two servers may give the
 * same number to different transactions. So a transaction is contained in a history if that has it,
 * or a later one <em>of the same server</em>.
 *
 * @param last by domain
 * @param held by domain and server ({@code 0-1}); the highest sequence number
 */
record MariaDbPosition(Map<Long, Gtid> last, Map<String, Long> held) implements Position {

  /** A transaction's id. */
  record Gtid(long domain, long server, long sequence) {
    static Gtid parse(String text) {
      String[] parts = text.strip().split("-");
      if (parts.length != 3) {
        throw new IllegalArgumentException("\"" + text + "\" is no GTID");
      }
      return new Gtid(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    private String key() {
      return domain + "-" + server;
    }

    @Override
    public String toString() {
      return domain + "-" + server + "-" + sequence;
    }
  }

  MariaDbPosition {
    last = Map.copyOf(last);
    held = Map.copyOf(held);
  }

  /**
   * @param last as {@code gtid_binlog_pos}
   * @param held as {@code gtid_binlog_state}
   */
  static MariaDbPosition of(String last, String held) {
    return new MariaDbPosition(Map.of(), Map.of()).plus(held).plus(last);
  }

  /** This and the transactions of that list, and all before them. */
  MariaDbPosition plus(String gtids) {
    Map<Long, Gtid> nextLast = new HashMap<>(last);
    Map<String, Long> nextHeld = new HashMap<>(held);
    for (String text : gtids.split(",")) {
      if (!text.isBlank()) {
        Gtid gtid = Gtid.parse(text);
        nextHeld.merge(gtid.key(), gtid.sequence(), Math::max);
        nextLast.merge(gtid.domain(), gtid, (a, b) -> a.sequence() >= b.sequence() ? a : b);
      }
    }
    return new MariaDbPosition(nextLast, nextHeld);
  }

  @Override
  public boolean covers(Position other) {
    return ((MariaDbPosition) other).last().values().stream().allMatch(this::has);
  }

  private boolean has(Gtid gtid) {
    return held.getOrDefault(gtid.key(), 0L) >= gtid.sequence();
  }

  @Override
  public long behind(Position other) {
    long missing = 0;
    for (Gtid gtid : ((MariaDbPosition) other).last().values()) {
      if (!has(gtid)) {
        Gtid own = last.get(gtid.domain());
        missing += Math.max(1, gtid.sequence() - (own == null ? 0 : own.sequence()));
      }
    }
    return missing;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(last)
        .values()
        .forEach(gtid -> text.append(text.isEmpty() ? "" : ",").append(gtid));
    return text.isEmpty() ? "nothing" : text.toString();
  }
}
