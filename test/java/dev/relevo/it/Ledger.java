package dev.relevo.it;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** What clients sent to {@code POST /orders} and what they were told; thread-safe. */
final class Ledger {
  private final Collection<Entry> entries = new ConcurrentLinkedQueue<>();

  /**
   * One request and its answer.
   *
   * @param key its Idempotency-Key
   * @param status the answer's status; 0 if there was no answer
   * @param body the answer's body; why there was none if there was no answer
   */
  record Entry(String key, int product, int qty, int status, String body) {
    private static final List<Integer> SAID_BY_THE_SAGA = List.of(200, 404, 409);

    /** Whether the client knows now how it ended. */
    boolean isAnswer() {
      return status >= 200 && status < 500 && !isAboutTheKey();
    }

    /** Whether it is an outcome of a saga, and so the answer to every request with this key. */
    boolean isFinal() {
      return SAID_BY_THE_SAGA.contains(status) && !isAboutTheKey();
    }

    private boolean isAboutTheKey() {
      return status == 409 && body.contains("urn:relevo:problem:idempotency-in-progress")
          || status == 422 && body.contains("urn:relevo:problem:idempotency-key-reused");
    }

    @Override
    public String toString() {
      return "%d x product %d with key %s: %s %s"
          .formatted(qty, product, key, status == 0 ? "no answer" : status, body);
    }
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  Map<String, List<Entry>> byKey() {
    Map<String, List<Entry>> all = new LinkedHashMap<>();
    for (Entry entry : entries) {
      all.merge(
          entry.key(),
          List.of(entry),
          (before, next) -> Stream.concat(before.stream(), next.stream()).toList());
    }
    return all;
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }
}
