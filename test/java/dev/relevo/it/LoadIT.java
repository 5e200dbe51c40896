package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.Engines;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.load.Kind;
import dev.relevo.load.Load;
import dev.relevo.load.Sample;
import dev.relevo.load.Target;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The load of the SLO and of the game day, on the topology. */
class LoadIT {
  private static final int SECONDS = 5;

  private static Audit audit() {
    Engines engines = TestEngines.all();
    return new Audit(engines.inventory(), engines.orders(), engines.reports(), engines.saga());
  }

  @Test
  void everyRequestSucceedsAndWhatClientsWereToldIsTrue() {
    Target target =
        new Target(
            TestTopology.url("middleware"),
            TestTopology.url("inventory-a"),
            TestTopology.url("orders-a"),
            TestTopology.url("reports-a"),
            TestTopology.SERVICE_TOKEN,
            null);
    Client client = new Client(TestTopology.url("middleware"), new Ledger());
    Shop.awaitBreakersClosed(client, 1);
    Audit audit = audit();
    Map<Kind, Double> rates = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      rates.put(kind, kind == Kind.ORDER ? 4.0 : 1.0);
    }

    List<Sample> samples;
    try (Load load = new Load(target, audit::answered)) {
      load.open(rates, Duration.ofSeconds(SECONDS));
      samples = load.finished();
    }

    assertThat(samples).hasSize(SECONDS * (4 + Kind.values().length - 1));
    assertThat(samples).as("failed").allMatch(Sample::succeeded);
    assertThat(audit.violations()).isEmpty();
  }

  /** Else it would prove nothing. */
  @Test
  void anOrderThatIsNotThereIsFound() {
    TestTopology.get();
    Audit audit = audit();

    audit.answered("a-key-that-nobody-used", 1, 1, 200, "{\"order\":{\"id\":1}}");

    assertThat(audit.violations()).anyMatch(violation -> violation.contains("answered 200, but"));
  }
}
