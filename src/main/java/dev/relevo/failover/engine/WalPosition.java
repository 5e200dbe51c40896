package dev.relevo.failover.engine;

import dev.relevo.failover.Position;
import java.util.Map;
import java.util.TreeMap;

/**
 * A place in PostgreSQL's history: a timeline, a byte in its log, and where its earlier timelines
 * were left. Two places are equal if timeline and byte are.
 */
final class WalPosition implements Position {
  private final int timeline;
  private final long lsn;
  private final Map<Integer, Long> leftAt;

  /**
   * @param leftAt by earlier timeline: the byte at which the next one begins
   */
  WalPosition(int timeline, long lsn, Map<Integer, Long> leftAt) {
    this.timeline = timeline;
    this.lsn = lsn;
    this.leftAt = Map.copyOf(leftAt);
  }

  /** Reads a timeline's history file: lines of timeline, byte and reason. */
  static Map<Integer, Long> history(String file) {
    Map<Integer, Long> history = new TreeMap<>();
    for (String line : file.split("\n")) {
      String[] words = line.strip().split("\\s+");
      if (words.length >= 2 && words[0].matches("[0-9]+")) {
        history.put(Integer.valueOf(words[0]), parse(words[1]));
      }
    }
    return history;
  }

  /** Reads {@code 16/B374D848}. */
  static long parse(String lsn) {
    String[] halves = lsn.split("/");
    return Long.parseLong(halves[0], 16) << 32 | Long.parseLong(halves[1], 16);
  }

  int timeline() {
    return timeline;
  }

  WalPosition at(long other) {
    return new WalPosition(timeline, other, leftAt);
  }

  WalPosition max(long other) {
    return other > lsn ? at(other) : this;
  }

  @Override
  public boolean covers(Position other) {
    WalPosition place = (WalPosition) other;
    return place.lsn <= lsn && onMyWay(place);
  }

  /** Whether everything up to that place belongs to this history, had this got so far. */
  boolean onMyWay(WalPosition place) {
    if (place.timeline == timeline) {
      return true;
    }
    Long left = leftAt.get(place.timeline);
    return left != null && place.lsn <= left;
  }

  @Override
  public long behind(Position other) {
    return covers(other) ? 0 : Math.max(1, ((WalPosition) other).lsn - lsn);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WalPosition place && place.timeline == timeline && place.lsn == lsn;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(lsn) * 31 + timeline;
  }

  @Override
  public String toString() {
    return "%d:%X/%X".formatted(timeline, lsn >>> 32, lsn & 0xFFFFFFFFL);
  }
}
