package dev.relevo.failover;

import java.util.Map;

/** The only way that applications have to a pair: the HAProxy in front of it. */
public interface Router {
  /**
   * What it does with each node. Never throws.
   *
   * @return {@link State.Silent} if it could not be read whole
   */
  State state();

  /**
   * Lets new sessions go to the node.
   *
   * @throws ActFailedException if that isn't known to have worked
   */
  void route(NodeId node);

  /**
   * Lets no new session go to the node and kills those there are.
   *
   * @throws ActFailedException if that isn't known to have worked
   */
  void fence(NodeId node);

  /** What the router does. */
  sealed interface State {
    /**
     * It doesn't answer. Nothing can be said about what it routes.
     *
     * @param reason a short clause for an operator
     * @param gone whether nobody listens: it isn't running, so it routes nothing, and will route
     *     nothing when it starts
     */
    record Silent(String reason, boolean gone) implements State {}

    /** It answered for both nodes. */
    record Up(Map<NodeId, Server> servers) implements State {
      public Up {
        servers = Map.copyOf(servers);
      }
    }
  }

  /**
   * How one node is routed.
   *
   * @param ready whether new sessions may go to it (not in maintenance)
   * @param sessions how many sessions it has now
   */
  record Server(boolean ready, int sessions) {
    /** No session, and none can begin. */
    public boolean fenced() {
      return !ready && sessions == 0;
    }
  }
}
