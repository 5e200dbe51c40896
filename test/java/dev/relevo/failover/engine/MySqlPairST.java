package dev.relevo.failover.engine;

import dev.relevo.failover.NodeId;

class MySqlPairST extends AdapterCases {
  MySqlPairST() {
    super("mysql");
  }

  @Override
  void stopApplying(NodeId replica) {
    pair().run(replica, "STOP REPLICA SQL_THREAD");
  }
}
