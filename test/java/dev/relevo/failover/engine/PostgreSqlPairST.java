package dev.relevo.failover.engine;

import dev.relevo.failover.NodeId;

class PostgreSqlPairST extends AdapterCases {
  PostgreSqlPairST() {
    super("postgresql");
  }

  @Override
  void stopApplying(NodeId replica) {
    // The superuser's right, and that comes from within the container only.
    pair()
        .stack()
        .docker(
            "exec",
            pair().stack().container(pair().service(replica)),
            "psql",
            "-h",
            "/run/relevo",
            "-c",
            "SELECT pg_wal_replay_pause()");
  }
}
