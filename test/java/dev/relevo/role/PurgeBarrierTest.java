package dev.relevo.role;

import static org.awaitility.Awaitility.await;

import dev.relevo.RouteTestSupport;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.spi.Registry;
import org.junit.jupiter.api.Test;

/** The barrier's rows are purged again and again. */
class PurgeBarrierTest extends RouteTestSupport {
  private final AtomicInteger purges = new AtomicInteger();

  PurgeBarrierTest() {
    super(List.of("apps/participant.yaml"), List.of("apps/purge-barrier.camel.yaml"));
    set("relevo.barrier.purge-period", "20ms");
  }

  /** Stands in for the barrier. */
  public final class Purge {
    /** Counts instead. */
    public void purge() {
      purges.incrementAndGet();
    }
  }

  @Override
  protected void bindToRegistry(Registry registry) {
    registry.bind("barrier", new Purge());
  }

  @Test
  void purgesPeriodically() {
    await().until(() -> purges.get() >= 3);
  }
}
