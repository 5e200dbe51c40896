package dev.relevo.failover;

/**
 * A place in a history of writes: a set of GTIDs, or a timeline and an LSN. A value: two equal
 * places are equal objects. {@code toString} is what an operator reads.
 *
 * <p>Places of different histories (other timeline, other server's tail) do not cover each other.
 */
public interface Position {
  /**
   * Whether everything that {@code other} contains is contained here too. Reflexive and transitive,
   * not total: of two diverged histories neither covers the other.
   */
  boolean covers(Position other);

  /**
   * How much of {@code other} is missing here, in {@link EngineTraits#lagUnit}; 0 exactly if this
   * covers it. For metrics and to see whether a replica is close; never negative.
   */
  long behind(Position other);
}
