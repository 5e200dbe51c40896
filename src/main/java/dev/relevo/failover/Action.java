package dev.relevo.failover;

/**
 * What a tick does; at most one. Those that begin with {@code HOLD} are refusals: something would
 * be done, and why it isn't is the action's name. Those that begin with {@code WAIT} expect the
 * next step to become possible by itself within moments.
 */
public enum Action {
  /** Router: maintenance, sessions killed. */
  FENCE,
  /** Router: new sessions may go to the primary. */
  ROUTE,
  /** Primary: no more writes. */
  CLOSE_WRITES,
  /** Primary: writes. */
  OPEN_WRITES,
  /** Primary: each commit waits for the replica. */
  REQUIRE,
  /** Primary: commits go on without the replica. */
  RELAX,
  /** Replica: receives nothing more. */
  STOP_RECEIVER,
  /** Replica: applies what it has received, receives nothing. */
  START_APPLIER,
  /** Named node: becomes a primary, still read-only. */
  PROMOTE,
  /** Replica: receives from the primary and applies. */
  ATTACH,
  /** A primary that isn't named becomes none. */
  DEMOTE,
  /** Replica: its data is taken from the primary anew. */
  REPROVISION,
  /** Settings are put right. */
  RESTORE_SETTINGS,

  /** Record: the peer holds every acknowledged write from here on. */
  RECORD_IN_SYNC,
  /** Record: the peer may lack acknowledged writes from here on. */
  RECORD_NOT_IN_SYNC,
  /** Record: this start of the primary may be opened and routed. */
  RECORD_INCARNATION,
  /** Record: the peer is the primary now, under the next epoch; the old one isn't in sync. */
  RECORD_PROMOTION,
  /** Record: the replica's data is to be thrown away. */
  RECORD_REPROVISION,
  /** Record: the replica has been provisioned. */
  RECORD_PROVISIONED,

  /** Nothing is to be done. */
  NONE,
  /** The primary's silence isn't long enough to mean anything. */
  WAIT_PRIMARY,
  /** The old primary's last writes are on their way to its successor. */
  WAIT_CAUGHT_UP,
  /** The replica is still applying what it has received. */
  WAIT_DRAINED,
  /** The replica is about to confirm a position that it has to. */
  WAIT_CONFIRMED,
  /** The replica is too far behind to be required. */
  WAIT_CATCHING_UP,

  /** An operator has paused the watchdog. */
  HOLD_PAUSED,
  /** There is no record, or it can't be read. */
  HOLD_NO_RECORD,
  /** The old primary isn't known to be out of clients' reach. */
  HOLD_NOT_FENCED,
  /** The peer may lack acknowledged writes. */
  HOLD_NOT_IN_SYNC,
  /** The peer has restarted since it was in sync, and may have lost what it had confirmed. */
  HOLD_INCARNATION_CHANGED,
  /** The peer doesn't answer either. */
  HOLD_PEER_SILENT,
  /** The peer can't apply what it has received. */
  HOLD_NOT_DRAINED,
  /** Another failover has only just been. */
  HOLD_COOLDOWN,
  /** The pair is just being started: the primary may be on its way. */
  HOLD_STARTING,
  /** The primary doesn't answer the watchdog, but its replica still receives writes from it. */
  HOLD_PRIMARY_SERVES,
  /** A node is about to stop and was fenced for that. */
  HOLD_LEAVING,
  /** The router doesn't answer. */
  HOLD_ROUTER_SILENT;

  /** Whether it refuses to do what would otherwise be done. */
  public boolean isHold() {
    return name().startsWith("HOLD_");
  }

  /** Whether it writes the record, and does nothing else. */
  public boolean isRecord() {
    return name().startsWith("RECORD_");
  }

  /** Whether it acts on a server or on the router. */
  public boolean isAct() {
    return ordinal() <= RESTORE_SETTINGS.ordinal();
  }
}
