package dev.relevo.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;

/** Exact percentiles (nearest rank) of latencies. */
public final class Percentiles {
  private final long[] sorted;

  private Percentiles(long[] sorted) {
    this.sorted = sorted;
  }

  /** Of all of these, whatever they came to: who waited for nothing has waited, too. */
  public static Percentiles of(Collection<Sample> samples) {
    return ofNanos(samples.stream().mapToLong(sample -> sample.latency().toNanos()).toArray());
  }

  /** Of durations in nanoseconds. */
  public static Percentiles ofNanos(long... nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Percentiles(sorted);
  }

  public int count() {
    return sorted.length;
  }

  /**
   * The smallest of them that so many percent are at or below; zero if there are none.
   *
   * @param percent above 0, up to 100
   */
  public Duration at(double percent) {
    if (sorted.length == 0) {
      return Duration.ZERO;
    }
    // 99.9 % of 1000 is 999, whatever binary fractions make of it.
    int rank = (int) Math.ceil(percent * sorted.length / 100 - 1e-9);
    return Duration.ofNanos(sorted[Math.max(0, Math.min(sorted.length, rank) - 1)]);
  }

  /** Such as {@code 34.2}. */
  public String millisAt(double percent) {
    return "%.1f".formatted(at(percent).toNanos() / 1e6);
  }
}
