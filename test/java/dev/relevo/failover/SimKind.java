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
 * @param applies the chance that a replica applies something in a step
 */
record SimKind(
    String name,
    boolean relayLogSurvives,
    boolean opensItself,
    boolean startsReplication,
    boolean demotesInPlace,
    boolean cutsTail,
    boolean rewinds,
    boolean promotesUndrained,
    double applies) {
  static final SimKind MARIADB =
      new SimKind("mariadb", false, false, false, true, true, false, false, 0.7);
  static final SimKind MYSQL =
      new SimKind("mysql", true, false, false, true, false, false, false, 0.7);
  static final SimKind POSTGRESQL =
      new SimKind("postgresql", true, true, true, false, false, true, true, 0.7);

  /** The same with a replica that is always behind in applying. */
  SimKind slow() {
    return new SimKind(
        name,
        relayLogSurvives,
        opensItself,
        startsReplication,
        demotesInPlace,
        cutsTail,
        rewinds,
        promotesUndrained,
        0.1);
  }

  EngineTraits traits() {
    return new EngineTraits(name, relayLogSurvives, "transactions", 3);
  }
}
