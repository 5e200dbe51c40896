package dev.relevo.role;

import dev.relevo.barrier.BarrierListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The counter {@code relevo.barrier.hits} with the tag {@code hit}: calls that the barrier kept
 * from taking effect, {@code repeated}, {@code late} or with {@code nothing_to_undo}.
 */
final class BarrierMetrics implements BarrierListener {
  private final Map<Hit, Counter> hits = new EnumMap<>(Hit.class);

  BarrierMetrics(MeterRegistry registry) {
    for (Hit hit : Hit.values()) {
      hits.put(
          hit,
          Counter.builder("relevo.barrier.hits")
              .description("Calls that the barrier kept from taking effect")
              .tag("hit", hit.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
  }

  @Override
  public void hit(Hit hit) {
    hits.get(hit).increment();
  }
}
