package dev.relevo.role.watchdog;

import dev.relevo.failover.LoggedEvent;
import dev.relevo.failover.NoRoleException;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.RecordException;
import dev.relevo.failover.RoleAnswer;
import dev.relevo.failover.Watchdog;
import dev.relevo.http.ProblemException;
import dev.relevo.http.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** The watchdog's answers to operators and nodes; named by the routes in {@code watchdogs}. */
public final class WatchdogView {
  private static final Duration ALIVE = Duration.ofSeconds(15);
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Watchdog watchdog;
  private final Duration farewell;

  WatchdogView(Watchdog watchdog, Duration farewell) {
    this.watchdog = watchdog;
    this.farewell = farewell;
  }

  /** Answers with the pair as it is now. */
  public void status(Exchange exchange) {
    reply(exchange, 200, StatusView.of(watchdog));
  }

  /** Answers with a page of events; headers {@code limit}, {@code after}. */
  public void events(Exchange exchange) {
    Message message = exchange.getMessage();
    int limit = message.getHeader("limit", Integer.class);
    List<LoggedEvent> page = watchdog.eventsAfter(message.getHeader("after", Long.class), limit);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("items", page.stream().map(StatusView::event).toList());
    body.put("next", page.size() == limit ? page.get(limit - 1).last().number() : null);
    reply(exchange, 200, body);
  }

  /** Asks for a switchover; body {@code primary}. */
  public void switchover(Exchange exchange) {
    NodeId target = node(exchange, "primary");
    answering(
        () -> {
          watchdog.switchover(target);
          return null;
        });
    reply(exchange, 202, Map.of("asked", "switchover to " + target));
  }

  /** Pauses. */
  public void pause(Exchange exchange) {
    setPaused(true);
    reply(exchange, 200, Map.of("asked", "pause"));
  }

  /** Resumes. */
  public void resume(Exchange exchange) {
    setPaused(false);
    reply(exchange, 200, Map.of("asked", "resume"));
  }

  private void setPaused(boolean paused) {
    answering(
        () -> {
          watchdog.pause(paused);
          return null;
        });
  }

  /**
   * Asks for a node to be made primary whatever is lost; body {@code primary}, {@code accept_loss}.
   */
  public void force(Exchange exchange) {
    NodeId target = node(exchange, "primary");
    boolean accepted = Boolean.TRUE.equals(body(exchange).get("accept_loss"));
    Optional<String> warning = watchdog.atRisk(target);
    if (warning.isPresent() && !accepted) {
      throw ProblemException.of(
          ProblemType.CONFLICT,
          "Acknowledged writes may be lost; say \"accept_loss\": true if they may. "
              + warning.get());
    }
    answering(
        () -> {
          watchdog.force(target);
          return null;
        });
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("asked", "force " + target);
    warning.ifPresent(text -> body.put("warning", text));
    reply(exchange, 202, body);
  }

  /** Tells a node what it is; headers {@code node}, {@code data}. */
  public void role(Exchange exchange) {
    Message message = exchange.getMessage();
    NodeId node = NodeId.of(message.getHeader("node", String.class));
    RoleAnswer.Data data =
        RoleAnswer.Data.valueOf(message.getHeader("data", String.class).toUpperCase(Locale.ROOT));
    RoleAnswer answer = answering(() -> watchdog.role(node, data));
    message.removeHeaders("*");
    message.setHeader(Exchange.CONTENT_TYPE, "text/plain");
    message.setBody(
        "role=%s%nprovision=%s%nprimary=%s%nepoch=%d%n"
            .formatted(
                word(answer.role()), word(answer.provision()), answer.primary(), answer.epoch()));
  }

  /** Keeps clients from a node that is about to stop; body {@code node}. */
  public void fenceMe(Exchange exchange) {
    boolean fenced = watchdog.leaves(node(exchange, "node"), farewell);
    reply(exchange, 200, Map.of("fenced", fenced));
  }

  /** Answers whether the loop runs. */
  public void health(Exchange exchange) {
    boolean alive =
        watchdog
            .latest()
            .filter(step -> step.event().at().plus(ALIVE).isAfter(Instant.now()))
            .isPresent();
    if (!alive) {
      throw ProblemException.unavailable("The watch loop does not run.", SOON);
    }
    reply(exchange, 200, Map.of("status", "UP"));
  }

  private static <T> T answering(Supplier<T> question) {
    try {
      return question.get();
    } catch (NoRoleException | RecordException e) {
      throw ProblemException.unavailable(e.getMessage(), SOON);
    } catch (IllegalStateException e) {
      throw ProblemException.of(ProblemType.CONFLICT, e.getMessage());
    }
  }

  private static NodeId node(Exchange exchange, String field) {
    return NodeId.of((String) body(exchange).get(field));
  }

  private static Map<?, ?> body(Exchange exchange) {
    return exchange.getMessage().getBody(Map.class);
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void reply(Exchange exchange, int status, Map<String, ?> body) {
    Message message = exchange.getMessage();
    message.removeHeaders("*");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    message.setBody(body);
  }
}
