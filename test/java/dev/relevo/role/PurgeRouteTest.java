package dev.relevo.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;

class PurgeRouteTest extends CamelTestSupport {
  private final Purge purge = new Purge();

  /** In the barrier's place. */
  public static final class Purge {
    private final CountDownLatch twice = new CountDownLatch(2);

    public int purge() {
      twice.countDown();
      return 0;
    }
  }

  @Override
  protected CamelContext createCamelContext() throws Exception {
    CamelContext context = super.createCamelContext();
    context.getPropertiesComponent().addInitialProperty("relevo.barrier.purge-period", "10ms");
    context.getRegistry().bind("barrier", purge);
    PluginHelper.getRoutesLoader(context)
        .loadRoutes(
            ResourceHelper.resolveResource(context, "classpath:apps/purge-barrier.camel.yaml"));
    return context;
  }

  @Test
  void purgesAgainAndAgain() throws InterruptedException {
    assertThat(purge.twice.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
