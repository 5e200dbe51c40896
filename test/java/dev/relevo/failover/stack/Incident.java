package dev.relevo.failover.stack;

import dev.relevo.failover.stack.DayFault.Claim;

/**
 * A fault as it happened; times by {@link System#nanoTime}.
 *
 * @param struck when it began
 * @param settled when all was well again, or was given up
 * @param trouble why it was given up; empty if all was well
 */
record Incident(
    String part,
    String type,
    String sentence,
    Claim claim,
    long struck,
    long settled,
    String trouble) {

  static Incident of(DayFault fault, long struck, long settled, String trouble) {
    return new Incident(
        fault.part(), fault.type(), fault.sentence(), fault.claim(), struck, settled, trouble);
  }

  String id() {
    return part + ":" + type;
  }
}
