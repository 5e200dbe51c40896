package dev.relevo.failover;

/** Where a pair is on its way to being whole; follows from the record and the world alone. */
public enum PairState {
  /** The primary does not answer. */
  LOST("The primary doesn't answer."),
  /**
   * The primary is given up, or to be relieved, and the peer may succeed it; nothing is written.
   */
  HANDING_OVER(
      "The primary is being relieved: it is fenced, the peer is drained. The record still names it,"
          + " and should it come back, it goes on."),
  /** The record names a node that is still a replica. There is no way back. */
  TAKING_OVER("The record names a node that is still a replica. There is only forward."),
  /** The primary is another incarnation than the one that was allowed to serve. */
  RETURNING(
      "The primary has (re)started. What it shows may never have been acknowledged, so nobody sees"
          + " it before its replica has confirmed it all or was dropped."),
  /** The primary may serve, but is read-only or not routed yet. */
  OPENING("The primary may serve; its writes are being opened, and the router told."),
  /** The primary serves, without a replica. */
  ALONE("The primary serves without a replica. Were it lost, so were the pair's service."),
  /** The primary serves and waits for its replica, which isn't known yet to have everything. */
  JOINING("The primary waits for its replica, which has not confirmed everything yet."),
  /** The primary serves, and its replica has whatever is acknowledged. */
  WHOLE("Whatever is acknowledged is on both nodes.");

  private final String sentence;

  PairState(String sentence) {
    this.sentence = sentence;
  }

  /** What it means, for the documentation. */
  public String sentence() {
    return sentence;
  }
}
