package dev.relevo.http;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which headers pass between a client and a route: only those named here, so that nobody can set
 * what steers Camel or a saga, no credential or cookie travels on with a message, and no answer
 * carries what nobody meant to send.
 *
 * @param in the request headers that a route sees
 * @param fromPeers those that it sees only if the request came with the service token
 * @param out the response headers that a route may set
 */
record HeaderPolicy(List<String> in, List<String> fromPeers, List<String> out) {
  private static final List<String> IN = List.of("Idempotency-Key", "traceparent", "tracestate");
  private static final List<String> FROM_PEERS =
      List.of("Relevo-Saga-Id", "Relevo-Saga-Step", "Relevo-Deadline");

  /**
   * Idempotency-Key is meant to come back: a client that sent none learns the one that was made for
   * it.
   */
  private static final List<String> OUT =
      List.of(
          "Location",
          "Retry-After",
          "Idempotency-Key",
          "Idempotent-Replayed",
          "Saga-Id",
          "WWW-Authenticate",
          "Cache-Control",
          "Allow");

  /**
   * @param declared the request headers that the contract declares
   * @throws IllegalArgumentException if it declares one that is never taken from outside
   */
  static HeaderPolicy of(Collection<String> declared) {
    Set<String> in = new LinkedHashSet<>(IN);
    for (String name : declared) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith("camel")
          || lower.startsWith("org.apache.camel")
          || lower.equals("long-running-action")) {
        throw new IllegalArgumentException(
            "The contract declares the header " + name + ", which steers Camel");
      }
      if (!lower.startsWith("relevo-") && IN.stream().noneMatch(name::equalsIgnoreCase)) {
        in.add(name);
      }
    }
    return new HeaderPolicy(List.copyOf(in), FROM_PEERS, OUT);
  }
}
