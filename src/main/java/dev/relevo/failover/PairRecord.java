package dev.relevo.failover;

import java.util.HashSet;
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
      throw new IllegalArgumentException(
          "peerIncarnation is kept exactly while peerInSync is true");
    }
    if (peerInSync && !reprovision.isEmpty()) {
      throw new IllegalArgumentException("a node without data is not in sync");
    }
    if (reprovision.contains(primary)) {
      throw new IllegalArgumentException("the primary is not provisioned from itself");
    }
  }

  /** The record of a pair that has never held anything, or of which nobody knows any more. */
  static PairRecord first(NodeId primary, long nowMillis) {
    return new PairRecord(
        1, primary, false, Optional.empty(), Optional.empty(), Set.of(), false, nowMillis);
  }

  /** The peer has every acknowledged write, and this is the incarnation that has. */
  PairRecord inSync(String incarnation) {
    return new PairRecord(
        epoch,
        primary,
        true,
        primaryIncarnation,
        Optional.of(incarnation),
        reprovision,
        paused,
        promotedAtMillis);
  }

  /** The peer may lack acknowledged writes. */
  PairRecord notInSync() {
    return new PairRecord(
        epoch,
        primary,
        false,
        primaryIncarnation,
        Optional.empty(),
        reprovision,
        paused,
        promotedAtMillis);
  }

  /** This incarnation of the primary may be opened and routed. */
  PairRecord opened(String incarnation) {
    return new PairRecord(
        epoch,
        primary,
        peerInSync,
        Optional.of(incarnation),
        peerIncarnation,
        reprovision,
        paused,
        promotedAtMillis);
  }

  /** The peer, in this incarnation, is the primary now, and nobody is in sync with it. */
  PairRecord promoted(String incarnation, long nowMillis) {
    Set<NodeId> left = new HashSet<>(reprovision);
    left.remove(primary.peer());
    return new PairRecord(
        epoch + 1,
        primary.peer(),
        false,
        Optional.of(incarnation),
        Optional.empty(),
        left,
        paused,
        nowMillis);
  }

  /** The peer's data is to be thrown away; it isn't in sync. */
  PairRecord reprovisioning() {
    PairRecord record = notInSync();
    return record.withReprovision(Set.of(primary.peer()));
  }

  /** The peer has been provisioned. */
  PairRecord provisioned() {
    return withReprovision(Set.of());
  }

  /** Paused by an operator, or no longer. */
  PairRecord paused(boolean now) {
    return new PairRecord(
        epoch,
        primary,
        peerInSync,
        primaryIncarnation,
        peerIncarnation,
        reprovision,
        now,
        promotedAtMillis);
  }

  private PairRecord withReprovision(Set<NodeId> nodes) {
    return new PairRecord(
        epoch,
        primary,
        peerInSync,
        primaryIncarnation,
        peerIncarnation,
        nodes,
        paused,
        promotedAtMillis);
  }
}
