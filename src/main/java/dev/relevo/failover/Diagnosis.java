package dev.relevo.failover;

/** What is the matter with a pair, the gravest first; what is done about it is another question. */
public enum Diagnosis {
  /**
   * The primary doesn't answer, and that has been so for long enough, or its replica says so too.
   */
  PRIMARY_DEAD("the primary is dead"),
  /** The primary hasn't answered for long, but its replica still receives writes from it. */
  PRIMARY_UNREACHABLE("the primary can't be reached from here"),
  /** The primary hasn't answered the last probe. */
  PRIMARY_SILENT("the primary has not answered the last probe"),
  /** The restarted primary lacks what its replica has confirmed. */
  PRIMARY_BEHIND("the restarted primary lacks writes that its replica has"),
  /** The primary answers, its replica confirms, and yet it commits nothing: a full disk. */
  PRIMARY_STALLED("the primary commits nothing"),
  /** The primary takes writes without waiting for the replica that is recorded as in sync. */
  ZERO_LOSS_OFF("the primary doesn't wait for its replica"),
  /** A server's settings break the promise. */
  SETTINGS_UNSOUND("a server's settings are not zero-loss"),
  /** The primary has no replica, and its commits wait for one. */
  REPLICA_LOST("the primary has lost its replica"),
  /** The replica is connected, but commits wait for its confirmation in vain. */
  REPLICA_NOT_ACKING("the replica doesn't confirm"),
  /** The replica has restarted since it was in sync and may have lost what it had confirmed. */
  REPLICA_RESTARTED("the replica has restarted since it was in sync"),
  /** A node that isn't named runs as a primary. */
  TWO_PRIMARIES("a node that isn't named is a primary"),
  /** The replica can't follow the primary. */
  REPLICA_DIVERGED("the replica has diverged"),
  /** The replica doesn't receive, doesn't apply, or follows something else. */
  REPLICA_STOPPED("the replica doesn't replicate"),
  /** The replica doesn't answer. */
  REPLICA_UNREACHABLE("the replica can't be reached from here"),
  /** The replica tries to connect to the primary. */
  REPLICA_DISCONNECTED("the replica isn't connected"),
  /** The replica is far behind. */
  REPLICA_LAGGING("the replica is behind"),
  /** The router doesn't answer. */
  ROUTER_SILENT("the router doesn't answer"),
  /** Nothing is the matter. */
  HEALTHY("nothing is the matter");

  private final String clause;

  Diagnosis(String clause) {
    this.clause = clause;
  }

  /** A clause for an operator, without a full stop. */
  public String clause() {
    return clause;
  }
}
