package dev.relevo.failover;

/**
 * What a node is told when it asks, before it starts its server, what it is: {@code GET
 * /role?node=a&data=present}. Answered from the record alone. As text, one {@code key=value} a
 * line:
 *
 * <pre>
 * role=replica
 * provision=clone
 * primary=a
 * epoch=7
 * </pre>
 *
 * <p>The node says what it has: {@code data=none} (no data, or only a half-made copy), {@code
 * present} (data, server not running), {@code cloned} (a whole copy that it has just made from the
 * primary because it was told to), {@code running} (its server runs; nothing is changed by this
 * question, a node may poll it and stop its server when the role is another than it runs as). While
 * there is no answer (503, or nobody listens) it does not start its server.
 *
 * @param role what to start as
 * @param provision what to do before that
 * @param primary the node that is primary now
 * @param epoch the record's epoch
 */
public record RoleAnswer(
    NodeState.ServerRole role, Provision provision, NodeId primary, long epoch) {

  /** What a node does before it starts its server. */
  public enum Provision {
    /** Nothing; start with the data there is (a former primary rewinds itself where it can). */
    NONE,
    /** Make a new, empty database. Said to one node only, and only before there was ever any. */
    INITIALISE,
    /** Throw away what is there and copy the primary; then ask again with {@code data=cloned}. */
    CLONE
  }

  /** What a node has when it asks. */
  public enum Data {
    NONE,
    PRESENT,
    CLONED,
    RUNNING
  }
}
