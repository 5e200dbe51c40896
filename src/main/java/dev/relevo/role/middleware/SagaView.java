package dev.relevo.role.middleware;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.http.ProblemException;
import dev.relevo.http.ProblemType;
import dev.relevo.saga.Enlistment;
import dev.relevo.saga.JournaledSagaService;
import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaState;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Sagas as operators see them; named by {@code routes/list-sagas.camel.yaml}. */
public final class SagaView {
  private static final JsonMapper JSON = new JsonMapper();

  private final JournaledSagaService sagas;

  SagaView(JournaledSagaService sagas) {
    this.sagas = sagas;
  }

  /** Answers with a page of sagas; headers {@code state}, {@code limit}, {@code after}. */
  public void list(Exchange exchange) {
    Message message = exchange.getMessage();
    String state = message.getHeader("state", String.class);
    int limit = message.getHeader("limit", Integer.class);
    List<Saga> page =
        sagas.list(
            state == null ? null : SagaState.valueOf(state),
            limit,
            message.getHeader("after", String.class));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("items", page.stream().map(SagaView::shown).toList());
    body.put("next", page.size() == limit ? page.get(limit - 1).id() : null);
    reply(message, 200, body);
  }

  /** Answers with one saga; header {@code id}. */
  public void get(Exchange exchange) {
    Message message = exchange.getMessage();
    reply(message, 200, shown(find(message)));
  }

  /** Tries a parked saga again; header {@code id}. */
  public void retry(Exchange exchange) {
    Message message = exchange.getMessage();
    Saga saga = find(message);
    Optional<Saga> taken = sagas.retry(saga.id());
    if (taken.isEmpty()) {
      throw ProblemException.of(
          ProblemType.CONFLICT,
          "Saga "
              + saga.id()
              + " is "
              + saga.state()
              + "; only one that is being undone can be retried.");
    }
    reply(message, 202, shown(taken.get()));
  }

  private Saga find(Message message) {
    String id = message.getHeader("id", String.class);
    return sagas
        .find(id)
        .orElseThrow(() -> ProblemException.notFound("There is no saga " + id + "."));
  }

  private static Map<String, Object> shown(Saga saga) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", saga.id());
    view.put("state", saga.state());
    view.put("owner", saga.owner());
    view.put("epoch", saga.epoch());
    view.put("key", saga.key() == null ? null : saga.key().value());
    view.put("attempt", saga.attempt());
    view.put("reason", saga.reason());
    view.put("deadline", text(saga.deadline()));
    view.put("next_try", text(saga.nextTry()));
    view.put("created_at", text(saga.created()));
    view.put("updated_at", text(saga.updated()));
    view.put("steps", saga.enlistments().stream().map(SagaView::shown).toList());
    return view;
  }

  private static Map<String, Object> shown(Enlistment step) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("no", step.no());
    view.put("compensation", step.compensation());
    view.put("completion", step.completion());
    view.put("done", step.done());
    view.put("tries", step.tries());
    view.put("last_error", step.lastError());
    return view;
  }

  private static String text(Instant instant) {
    return instant == null ? null : instant.toString();
  }

  static void reply(Message message, int status, Object body) {
    try {
      message.removeHeaders("*");
      message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
      message.setHeader(Exchange.CONTENT_TYPE, "application/json");
      message.setBody(JSON.writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A view is JSON", e);
    }
  }
}
