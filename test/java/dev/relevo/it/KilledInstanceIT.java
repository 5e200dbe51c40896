package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Client.Answer;
import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.TestEngines;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance in a process of its own, killed between its commit and its answer. */
class KilledInstanceIT {
  private static final Pattern READY = Pattern.compile("orders: ready on port (\\d+)");

  private final ProxiedMiddleware middleware = ProxiedMiddleware.get();
  private final Ledger ledger = new Ledger();
  private final Client client = new Client(middleware.url(), ledger);

  @TempDir Path folder;

  @Test
  void theOrderIsPlacedOnce() {
    int product = Shop.newProduct(1000);
    FaultProxy proxy = middleware.before("orders-a");
    try (RelevoProcess orders = startOrders()) {
      Matcher ready = READY.matcher(orders.awaitLine("orders: ready on port"));
      assertThat(ready.find()).isTrue();
      int port = Integer.parseInt(ready.group(1));
      proxy.leadTo(() -> port);
      Shop.awaitBreakersClosed(client, product);
      proxy.onStrike(orders::kill);
      proxy.inject(Fault.CUT_BEFORE_ANSWER, "create-order/2/action");
      int before = Shop.stock(product);

      Answer answer = client.order(product, 2);

      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      assertThat(proxy.struck()).as("the process was asked").isPositive();
      assertThat(orders.exitCodeWithin(0)).as("the process was killed").isEqualTo(137);
      assertThat(Shop.stock(product)).isEqualTo(before - 2);
      for (int i = 0; i < 10; i++) {
        assertThat(client.order(product, 1).status()).isEqualTo(200);
      }
      Invariants.assertHold(Databases.ofTopology(), ledger);
    } finally {
      proxy.release();
      proxy.onStrike(() -> {});
      proxy.leadTo(() -> TestTopology.instance("orders-a").port());
    }
  }

  private RelevoProcess startOrders() {
    DatabaseAccess access = TestEngines.all().orders();
    return RelevoProcess.start(
        folder,
        "orders",
        "--server.port=0",
        "--relevo.service-token=" + TestTopology.SERVICE_TOKEN,
        "--spring.datasource.url=" + access.jdbcUrl(),
        "--spring.datasource.username=" + access.appUser(),
        "--spring.datasource.password=" + access.appPassword(),
        "--spring.flyway.user=" + access.migratorUser(),
        "--spring.flyway.password=" + access.migratorPassword());
  }
}
