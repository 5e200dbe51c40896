package dev.relevo.failover;

import java.util.Optional;
import java.util.Set;

/**
 * What is known for certain about a pair, kept outside of it, on disk before anything relies on it.
 *
 * @param epoch how often a primary was named, from 1
 * @param primary the node that is primary; nobody else is ever opened or routed
 * @param peerInSync whether every write that was or will be acknowledged is on the peer too
 * @param primaryIncarnation the primary's incarnation that was last allowed to be opened and
 *     routed; empty before the first time
 * @param peerIncarnation the peer's incarnation at the moment {@code peerInSync} became true; empty
 *     while it is false
 * @param reprovision the nodes whose data is to be thrown away and taken from the primary
 * @param paused whether an operator has told the watchdog to do nothing
 * @param promotedAtMillis when the primary was named, in milliseconds of the epoch of 1970
 */
public record PairRecord(
    long epoch,
    NodeId primary,
    boolean peerInSync,
    Optional<String> primaryIncarnation,
    Optional<String> peerIncarnation,
    Set<NodeId> reprovision,
    boolean paused,
    long promotedAtMillis) {
  public PairRecord {
    reprovision = Set.copyOf(reprovision);
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch " + epoch + " is below 1");
    }
    if (peerInSync != peerIncarnation.isPresent()) {
      throw new IllegalArgumentException("peerIncarnation is kept exactly while peerInSync is true");
    }
    if (reprovision.contains(primary)) {
      throw new IllegalArgumentException("the primary is not provisioned from itself");
    }
  }

  /** The record of a pair that has never held anything. */
  static PairRecord first(NodeId primary, long nowMillis) {
    return new PairRecord(
        1, primary, false, Optional.empty(), Optional.empty(), Set.of(), false, nowMillis);
  }
}
