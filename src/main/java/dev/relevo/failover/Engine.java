package dev.relevo.failover;

/**
 * The database servers of a pair, as the watchdog reads them and acts on them; one implementation
 * per engine.
 *
 * <p>Every act is idempotent: it brings about a state, does nothing where that state is already
 * there, and may be repeated after a crash at any point. An act returns when the state is reached
 * and read back; it throws {@link ActFailedException} otherwise, and the next tick starts from what
 * is then true. No act decides anything: whether it is safe was decided before it was called, and
 * what it relies on is in the record. No statement or query time-out is used on anything that
 * commits; only connect and socket time-outs, which cut the connection.
 *
 * <p>{@link #probe} may run for both nodes at once and beside {@link #heartbeat}; acts come one at
 * a time.
 */
public interface Engine extends AutoCloseable {
  /** What is true of this engine, always the same. */
  EngineTraits traits();

  /**
   * Looks at a node, changing nothing. Never throws and answers within the probe's time limit, also
   * when the node is stopped or cut off.
   */
  NodeState probe(NodeId node);

  /**
   * Writes one row on the primary through to its commit, past the router. Blocks for as long as the
   * commit waits, up to a socket time limit that is longer than any diagnosis needs; it is called
   * from a thread of its own.
   *
   * @throws ActFailedException if the row was not committed, or nobody knows
   */
  void heartbeat(NodeId primary);

  /**
   * Lets applications write: no longer read-only. Called on the server whose role is primary; what
   * {@link #requireReplica} or {@link #relax} set stays as it is.
   */
  void openWrites(NodeId primary);

  /**
   * Lets applications no longer write: read-only, for users with special rights too if possible.
   */
  void closeWrites(NodeId primary);

  /**
   * Makes every later commit on the primary wait for its replica, without fallback. After it
   * returned, {@link NodeState.Up#zeroLossOn} is true.
   */
  void requireReplica(NodeId primary);

  /**
   * Lets commits on the primary, also those that wait now, go on without a replica. Called only
   * after {@code peer_in_sync=false} is on disk.
   */
  void relax(NodeId primary);

  /**
   * Makes the replica receive nothing more, for good: the receiver is {@link
   * NodeState.Receiver#STOPPED} and stays so; the applier goes on.
   */
  void stopReceiver(NodeId replica);

  /**
   * Starts the applier of a replica, but not its receiver, so that it applies what survived its
   * restart. Called only where {@link EngineTraits#receivedLogSurvivesRestart}; elsewhere starting
   * a thread may throw away what the other had received.
   */
  void startApplier(NodeId replica);

  /**
   * Makes a drained replica the primary: it replicates from nobody and is still read-only; no
   * commit on it waits for a replica. Called only after the record names it. Does nothing on a
   * server that is a primary.
   */
  void promote(NodeId replica);

  /**
   * Makes a server that is a replica receive from the primary and apply, from what it has applied
   * itself; read-only. Also starts a stopped applier.
   */
  void attach(NodeId replica, NodeId primary);

  /**
   * Makes a server that is a primary, but isn't named so any more, into something that is not: in
   * place, or by stopping the server so that its node asks for its role and starts it as a replica.
   * It must not be writable when this returns.
   */
  void demote(NodeId node, NodeId primary);

  /**
   * Has a node that can't follow its primary filled again from it: by cloning in place, or by
   * stopping the server. Returns as soon as that has begun, and does nothing while it is under way.
   * The record already says that the node is to be provisioned, and its role question will be
   * answered so (see {@link RoleAnswer}); it is taken back when the node says {@code data=cloned},
   * or is seen connected and no longer diverged.
   */
  void reprovision(NodeId node, NodeId primary);

  /** Puts right what {@link NodeState.Up#unsound} names, as far as a running server lets it. */
  void restoreSettings(NodeId node);

  /** Closes connections. */
  @Override
  void close();
}
