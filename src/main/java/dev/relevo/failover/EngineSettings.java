package dev.relevo.failover;

import java.time.Duration;
import java.util.Map;

/**
 * How to reach the servers of a pair.
 *
 * @param addresses host and port of each node, as the watchdog and the other node reach it
 * @param database the database that holds the heartbeat row
 * @param user the watchdog's user on both servers
 * @param password its password
 * @param replicationUser the user a replica connects to its primary with
 * @param replicationPassword its password
 * @param probeTimeout the longest a probe takes
 * @param actTimeout the longest that connecting to a server for an act, or waiting for its state to
 *     be reached, takes
 */
public record EngineSettings(
    Map<NodeId, Address> addresses,
    String database,
    String user,
    String password,
    String replicationUser,
    String replicationPassword,
    Duration probeTimeout,
    Duration actTimeout) {
  public EngineSettings {
    addresses = Map.copyOf(addresses);
  }

  /** Where a server listens. */
  public record Address(String host, int port) {}

  /** Names neither password. */
  @Override
  public String toString() {
    return "EngineSettings[" + addresses + ", " + database + ", " + user + "]";
  }
}
