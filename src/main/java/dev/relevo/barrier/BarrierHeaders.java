package dev.relevo.barrier;

/** The headers that the barrier reads and writes. */
public final class BarrierHeaders {
  /** The id of the saga, a UUID; present only on requests of a service that is trusted. */
  public static final String SAGA_ID = "Relevo-Saga-Id";

  /** {@code <step>/<enlistment>/<action|compensation>}. */
  public static final String SAGA_STEP = "Relevo-Saga-Step";

  /** When the caller stops waiting for an action, in milliseconds since 1970 UTC. */
  public static final String DEADLINE = "Relevo-Deadline";

  /** A client's own name for its request, 1 to 255 printable ASCII characters. */
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** {@code true} on an answer that was given before to a request of the same name. */
  public static final String REPLAYED = "Idempotent-Replayed";

  private BarrierHeaders() {}
}
