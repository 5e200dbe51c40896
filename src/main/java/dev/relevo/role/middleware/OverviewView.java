package dev.relevo.role.middleware;

import dev.relevo.saga.JournalUnavailableException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * What the console page shows, with nothing in it that is only for operators; named by {@code
 * routes/get-overview.camel.yaml}.
 */
public final class OverviewView {
  private final UnfinishedSagas unfinished;
  private final OrderStatistics orders;
  private final String instance;
  private final Pairs pairs;
  private final Clock clock;

  OverviewView(
      UnfinishedSagas unfinished,
      OrderStatistics orders,
      Pairs pairs,
      String instance,
      Clock clock) {
    this.unfinished = unfinished;
    this.orders = orders;
    this.pairs = pairs;
    this.instance = instance;
    this.clock = clock;
  }

  /**
   * Answers with this instance's counts and percentiles, the breakers, the sagas and the database
   * pairs; {@code sagas} is null while the journal gives no answer.
   */
  public void answer(Exchange exchange) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("instance", instance);
    body.put("time", clock.instant().toString());
    body.put("orders", orders.answered());
    body.put("latency", orders.latency());
    body.put("breakers", HealthView.breakers(exchange.getContext()));
    body.put("sagas", unfinished());
    body.put("databases", pairs.latest());
    SagaView.reply(exchange.getMessage(), 200, body);
  }

  private Map<String, Long> unfinished() {
    try {
      return unfinished.latest().byName();
    } catch (JournalUnavailableException e) {
      return null;
    }
  }
}
