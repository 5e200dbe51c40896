package dev.relevo.failover;

import java.time.Duration;

/**
 * What an operator has asked for.
 *
 * @param kind how far it goes
 * @param target the node to become primary
 * @param since how long ago
 */
public record Request(Kind kind, NodeId target, Duration since) {

  /** How far a request goes. */
  public enum Kind {
    /** Only if nothing is lost. */
    SWITCHOVER,
    /** Even if acknowledged writes may be lost, which was said and accepted. Still fenced first. */
    FORCE
  }
}
