package dev.relevo.role.middleware;

import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/** The few headers that pass between the middleware and a participant. */
final class ParticipantHeaders implements HeaderFilterStrategy {
  private static final Set<String> OUT =
      names("Content-Type", "Relevo-Saga-Id", "Relevo-Saga-Step", "Relevo-Deadline");
  private static final Set<String> IN = names("Content-Type");

  private static Set<String> names(String... names) {
    Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    set.addAll(Set.of(names));
    return set;
  }

  /** True for a header that is not sent. */
  @Override
  public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
    return !OUT.contains(name);
  }

  /** True for a header of the answer that is not kept. */
  @Override
  public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
    return !IN.contains(name);
  }
}
