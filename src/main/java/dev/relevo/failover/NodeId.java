package dev.relevo.failover;

import java.util.Locale;

/** One of the two nodes of a pair. */
public enum NodeId {
  A,
  B;

  private final String id = name().toLowerCase(Locale.ROOT);

  /** The other node. */
  public NodeId peer() {
    return this == A ? B : A;
  }

  /** The name used in settings, in HAProxy and in the record: {@code a} or {@code b}. */
  public String id() {
    return id;
  }

  /**
   * The node of that name.
   *
   * @throws IllegalArgumentException if it is neither {@code a} nor {@code b}
   */
  public static NodeId of(String id) {
    for (NodeId node : values()) {
      if (node.id().equals(id)) {
        return node;
      }
    }
    throw new IllegalArgumentException("\"" + id + "\" is no node; there are a and b");
  }

  @Override
  public String toString() {
    return id();
  }
}
