package dev.relevo.failover;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last events; the same decision again is counted and not told again. */
final class EventLog {
  private static final Logger LOG = LoggerFactory.getLogger("dev.relevo.failover");
  private static final int KEPT = 1_000;

  private final Deque<LoggedEvent> entries = new ArrayDeque<>();
  private final String engine;

  EventLog(String engine) {
    this.engine = engine;
  }

  synchronized void add(Event event) {
    LoggedEvent latest = entries.peekLast();
    if (latest != null && same(latest.last(), event)) {
      entries.removeLast();
      entries.addLast(new LoggedEvent(latest.first(), event));
      return;
    }
    entries.addLast(new LoggedEvent(event, event));
    if (entries.size() > KEPT) {
      entries.removeFirst();
    }
    tell(event);
  }

  private static boolean same(Event a, Event b) {
    Decision x = a.decision();
    Decision y = b.decision();
    return x.rule().equals(y.rule())
        && x.target() == y.target()
        && x.state() == y.state()
        && x.diagnosis() == y.diagnosis()
        && a.epoch() == b.epoch()
        && a.failure().equals(b.failure());
  }

  private void tell(Event event) {
    Decision decision = event.decision();
    String text =
        "%s: %s [%s, epoch %d, %s, %s, %s%s]%s"
            .formatted(
                engine,
                decision.sentence(),
                decision.rule(),
                event.epoch(),
                decision.state(),
                decision.diagnosis(),
                decision.action(),
                event.dryRun() ? ", dry run" : "",
                event.failure().map(why -> " failed: " + why).orElse(""));
    if (decision.action().isHold() || event.failure().isPresent()) {
      LOG.warn(text);
    } else {
      LOG.info(text);
    }
  }

  /** The events after a number, the oldest first, at most so many. */
  synchronized List<LoggedEvent> after(long number, int limit) {
    List<LoggedEvent> found = new ArrayList<>();
    for (LoggedEvent entry : entries) {
      if (entry.last().number() > number && found.size() < limit) {
        found.add(entry);
      }
    }
    return found;
  }
}
