package dev.relevo.failover.engine;

import dev.relevo.failover.NodeId;

class MariaDbPairST extends AdapterCases {
  MariaDbPairST() {
    super("mariadb");
  }

  @Override
  void stopApplying(NodeId replica) {
    throw new AssertionError("what MariaDB has received does not survive a restart");
  }
}
