package dev.relevo.saga;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** The world outside: it writes down what is done to it, and fails where a test tells it to. */
final class Participants {
  private final List<String> events = new ArrayList<>();
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();

  interface Fault {
    void strike(Exchange exchange) throws Exception;
  }

  /** A processor that is the participant of that name. */
  Processor named(String name) {
    return exchange -> {
      Fault fault = faults.get(name);
      if (fault != null) {
        fault.strike(exchange);
      }
      record(name + " #" + exchange.getMessage().getHeader(JournaledSagaService.ENLISTMENT));
    };
  }

  void record(String event) {
    synchronized (events) {
      events.add(event);
    }
  }

  List<String> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  long count(String prefix) {
    return events().stream().filter(event -> event.startsWith(prefix)).count();
  }

  void on(String name, Fault fault) {
    faults.put(name, fault);
  }

  void heal(String name) {
    faults.remove(name);
  }

  /** Fails like a participant that says no. */
  static Fault refuse(String words) {
    return exchange -> {
      throw new Refusal(words);
    };
  }

  static Fault fail(String words) {
    return exchange -> {
      throw new IllegalStateException(words);
    };
  }

  /** A participant's no. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String words) {
      super(words);
    }
  }
}
