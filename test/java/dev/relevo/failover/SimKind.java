package dev.relevo.failover;

/**
 * How a simulated server behaves where the engines differ.
 *
 * @param relayLogSurvives what was received and not applied is there after a restart
 * @param opensItself it comes up writable, as it was, when started as a primary
 * @param startsReplication a restarted replica receives and applies by itself
 * @param demotesInPlace a running primary becomes a replica without a restart
 * @param cutsTail a former primary started as a replica throws away some of its unconfirmed tail
 * @param rewinds a former primary started as a replica is rewound to what it shares with the
 *     primary
 * @param promotesUndrained promotion applies what was received instead of throwing it away
 */
record SimKind(
    String name,
    boolean relayLogSurvives,
    boolean opensItself,
    boolean startsReplication,
    boolean demotesInPlace,
    boolean cutsTail,
    boolean rewinds,
    boolean promotesUndrained) {
  static final SimKind MARIADB =
      new SimKind("mariadb", false, false, false, true, true, false, false);
  static final SimKind MYSQL = new SimKind("mysql", true, false, false, true, false, false, false);
  static final SimKind POSTGRESQL =
      new SimKind("postgresql", true, true, true, false, false, true, true);

  EngineTraits traits() {
    return new EngineTraits(name, relayLogSurvives, "transactions", 3);
  }
}
