package dev.relevo.failover;

import java.util.List;
import java.util.Optional;

/** What one probe of one node brought. */
public sealed interface NodeState {

  /**
   * The node did not answer within the probe's time limit: refused, timed out, or answered with an
   * error that says nothing about its state.
   *
   * @param reason a short clause for an operator, such as {@code connection refused}
   */
  record Silent(String reason) implements NodeState {}

  /**
   * The node answered. All values are of one moment, or read in the order named here, so that a
   * position is never newer than the settings that were in force when it was written.
   *
   * @param incarnation an id that the server takes at each of its starts, never empty
   * @param role what the server is, not what it should be
   * @param writable whether an application could write: not read-only, not in recovery
   * @param zeroLossOn as primary: every commit waits until the replica has it on its disk, with no
   *     fallback by time-out. Read <em>before</em> {@code end}. False on a replica.
   * @param replicaAttached as primary: a replica is connected to it right now and takes part in
   *     what {@code zeroLossOn} waits for (or would, were it on)
   * @param commitsWaiting as primary: how many commits wait for the replica's confirmation now
   * @param end the end of everything the server has in its own log or data: as primary, all it has
   *     written, acknowledged or not; as replica, all it has applied (same as {@code applied})
   * @param replication what it does as replica; empty on a primary
   * @param unsound settings that must not be as they are (zero-loss durability, read as {@code
   *     name=value, want value}); empty if all is well
   */
  record Up(
      String incarnation,
      ServerRole role,
      boolean writable,
      boolean zeroLossOn,
      boolean replicaAttached,
      int commitsWaiting,
      Position end,
      Optional<Replication> replication,
      List<String> unsound)
      implements NodeState {
    public Up {
      unsound = List.copyOf(unsound);
    }
  }

  /** What a server is. */
  enum ServerRole {
    /** Replicates from nobody and could take writes once they are opened. */
    PRIMARY,
    /** Set up to replicate from another server, whether or not it does so now. */
    REPLICA
  }

  /** How a replica's receiver is doing. */
  enum Receiver {
    /** Not running, and will not start by itself. */
    STOPPED,
    /** Running, but without a connection to the primary. */
    CONNECTING,
    /** Connected to the primary, as far as the replica knows. */
    CONNECTED
  }

  /**
   * The replica's side of replication.
   *
   * @param source the node it is set up to receive from; empty if that is neither of the pair
   * @param receiver how its receiver is doing
   * @param applierRunning whether what is received is being applied
   * @param received the end of what is durably in its received log or already applied: what it has
   *     confirmed, or may confirm at once. Read <em>after</em> {@code receiver}; never less than
   *     {@code applied}
   * @param applied the end of what it has applied
   * @param diverged why it can't follow its primary without being rewound or provisioned anew (it
   *     has transactions the primary hasn't, or the primary no longer has what it needs, or an
   *     event can't be applied); empty if it can
   */
  record Replication(
      Optional<NodeId> source,
      Receiver receiver,
      boolean applierRunning,
      Position received,
      Position applied,
      Optional<String> diverged) {}
}
