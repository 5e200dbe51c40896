package dev.relevo.failover;

/** A node can't be told what it is; it asks again later and does not start its server. */
public class NoRoleException extends RuntimeException {
  /**
   * @param message why, in a sentence for an operator
   */
  public NoRoleException(String message) {
    super(message);
  }
}
