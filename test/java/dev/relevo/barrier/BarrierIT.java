package dev.relevo.barrier;

import dev.relevo.launcher.engine.Engine;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import org.junit.jupiter.api.Nested;

/** The barrier's cases on the engine, pool settings and table of each application. */
class BarrierIT {

  @Nested
  class OnMariaDb extends BarrierCases {
    OnMariaDb() {
      super(Role.INVENTORY);
    }

    @Override
    Engine engine() {
      return TestEngines.mariadb();
    }

    @Override
    String timeouts() {
      return "SELECT @@max_statement_time";
    }
  }

  @Nested
  class OnPostgreSql extends BarrierCases {
    OnPostgreSql() {
      super(Role.ORDERS);
    }

    @Override
    Engine engine() {
      return TestEngines.postgres();
    }

    @Override
    String timeouts() {
      return "SELECT current_setting('statement_timeout') || ' ' || current_setting('transaction_timeout')";
    }
  }

  @Nested
  class OnMySql extends BarrierCases {
    OnMySql() {
      super(Role.REPORTS);
    }

    @Override
    Engine engine() {
      return TestEngines.mysql();
    }

    @Override
    String timeouts() {
      return "SELECT @@max_execution_time";
    }
  }
}
