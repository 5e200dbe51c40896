package dev.relevo.saga;

import java.time.Duration;

/**
 * The saga service's numbers.
 *
 * @param deadline how long a saga may run that names no deadline of its own
 * @param lease how long a process keeps its sagas without renewing
 * @param renewal how often it renews; at most a third of {@code lease}
 * @param scan how often it looks for sagas to take over
 * @param overdue how long past its deadline a running saga may be before anyone compensates it
 * @param callerGrace how long past the deadline a caller waits for compensation
 * @param retryFirst the pause after a compensation's first failure; it doubles with each further
 *     one
 * @param retryMost the longest such pause
 * @param parkAfter after how many failures of one compensation its saga is parked
 * @param parkedRetry how often a parked saga is tried again
 * @param batch how many sagas are taken over at a time
 * @param keep how long a finished saga, and with it its key, is kept
 * @param remembered how long participants are sure to know what they did for a saga; one that is
 *     older is not undone any more, but waits for a person
 * @param workers how many compensations run at once at the most
 */
public record SagaSettings(
    Duration deadline,
    Duration lease,
    Duration renewal,
    Duration scan,
    Duration overdue,
    Duration callerGrace,
    Duration retryFirst,
    Duration retryMost,
    int parkAfter,
    Duration parkedRetry,
    int batch,
    Duration keep,
    Duration remembered,
    int workers) {

  public SagaSettings {
    requirePositive(deadline, "deadline");
    requirePositive(renewal, "renewal");
    requirePositive(scan, "scan");
    requirePositive(retryFirst, "retryFirst");
    requirePositive(parkedRetry, "parkedRetry");
    requirePositive(keep, "keep");
    requirePositive(remembered, "remembered");
    if (overdue.isNegative() || callerGrace.isNegative()) {
      throw new IllegalArgumentException("overdue and callerGrace must not be negative");
    }
    if (retryMost.compareTo(retryFirst) < 0) {
      throw new IllegalArgumentException("retryMost must be at least retryFirst");
    }
    // One that is renewed only when half of it is over counts as not held without a gap.
    if (lease.compareTo(renewal.multipliedBy(3)) < 0) {
      throw new IllegalArgumentException("A lease must last for at least three renewals");
    }
    if (parkAfter < 1 || batch < 1 || workers < 1) {
      throw new IllegalArgumentException("parkAfter, batch and workers must be at least 1");
    }
  }

  private static void requirePositive(Duration value, String name) {
    if (value.toMillis() < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 ms");
    }
  }

  /** What suits requests that are answered within seconds. */
  public static SagaSettings defaults() {
    return new SagaSettings(
        Duration.ofSeconds(15),
        Duration.ofSeconds(3),
        Duration.ofSeconds(1),
        Duration.ofMillis(500),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofMillis(100),
        Duration.ofSeconds(5),
        10,
        Duration.ofSeconds(60),
        20,
        Duration.ofHours(72),
        Duration.ofDays(6),
        16);
  }
}
