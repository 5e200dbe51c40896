package dev.relevo.it;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which process has which saga, and how long the sagas of dead ones waited; thread-safe. */
final class Takeovers {

  /**
   * One saga that changed hands.
   *
   * @param takenMillis how long after its owner's death it was taken over
   * @param endedMillis how long after its owner's death it had ended; null if its new owner died
   *     before that
   * @param lateMillis how long after the end of its owner's lease it was taken over; null if that
   *     is not known
   * @param byScan whether the background scan found it, and no request with its key
   */
  record Takeover(long takenMillis, Long endedMillis, Long lateMillis, boolean byScan) {}

  private final Map<String, LightProcess> owners = new LinkedHashMap<>();
  private final Map<String, Long> deaths = new LinkedHashMap<>();
  private final Map<String, Takeover> pending = new LinkedHashMap<>();
  private final List<Takeover> over = new ArrayList<>();

  /** Is told what a process says. */
  synchronized void hear(LightProcess process, String[] words) {
    long at = Long.parseLong(words[0]);
    switch (words[1]) {
      case "begins" -> owners.put(words[2], process);
      case "took" -> taken(process, words, at);
      case "ended" -> ended(words[2], at);
      default -> {
        // Nothing about owners.
      }
    }
  }

  private void taken(LightProcess by, String[] words, long at) {
    String saga = words[2];
    String late = words[3];
    LightProcess former = owners.put(saga, by);
    Takeover unfinished = pending.remove(saga);
    if (unfinished != null) {
      over.add(unfinished);
    }
    if (former != null && former.diedMillis() > 0) {
      deaths.put(saga, former.diedMillis());
      pending.put(
          saga,
          new Takeover(
              at - former.diedMillis(),
              null,
              late.equals("-") ? null : Long.valueOf(late),
              words[4].equals("scan")));
    }
  }

  private void ended(String saga, long at) {
    Takeover taken = pending.remove(saga);
    if (taken != null) {
      over.add(
          new Takeover(
              taken.takenMillis(), at - deaths.get(saga), taken.lateMillis(), taken.byScan()));
    }
  }

  /** Those since the last call. To be called when all is quiet; forgets every saga. */
  synchronized List<Takeover> drain() {
    over.addAll(pending.values());
    List<Takeover> drained = List.copyOf(over);
    owners.clear();
    deaths.clear();
    pending.clear();
    over.clear();
    return drained;
  }
}
