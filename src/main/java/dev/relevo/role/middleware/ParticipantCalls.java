package dev.relevo.role.middleware;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.http.NoAnswerException;
import dev.relevo.http.Problem;
import dev.relevo.http.ProblemException;
import dev.relevo.http.ProblemType;
import dev.relevo.saga.JournaledSagaService;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpMethods;

/** The three kinds of answer that a participant's instance can give: yes, no, and none. */
final class ParticipantCalls {
  /** Exchange property with the time of the last call within a saga; a long, ms since 1970. */
  static final String ASKED = "ParticipantAsked";

  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> STANDARD =
      Set.of("type", "title", "status", "detail", "instance");

  private ParticipantCalls() {}

  /** Names the saga and its deadline to the participant; a call outside of a saga names none. */
  static void prepare(Exchange exchange) {
    Message message = exchange.getMessage();
    Object saga = message.getHeader(Exchange.SAGA_LONG_RUNNING_ACTION);
    if (saga == null) {
      message.removeHeaders("Relevo-*");
      message.setHeader(Exchange.HTTP_METHOD, HttpMethods.GET);
      message.setBody(null);
      return;
    }
    exchange.setProperty(ASKED, System.currentTimeMillis());
    message.setHeader("Relevo-Saga-Id", saga);
    message.setHeader(Exchange.HTTP_METHOD, HttpMethods.POST);
    message.setHeader(Exchange.CONTENT_TYPE, "application/json");
    Object deadline = exchange.getProperty(JournaledSagaService.DEADLINE);
    if (deadline != null) {
      message.setHeader("Relevo-Deadline", deadline);
    }
  }

  /**
   * Reads the answer while its connection is held.
   *
   * @throws NoAnswerException if the instance answered, but neither yes nor no
   */
  static void requireAnswer(Exchange exchange) throws NoAnswerException {
    Message message = exchange.getMessage();
    message.setBody(message.getBody(String.class));
    int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    boolean yes = status >= 200 && status < 300;
    if (!yes && !isNo(status, message)) {
      throw new NoAnswerException(
          exchange.getProperty(Exchange.TO_ENDPOINT, String.class) + " answered " + status);
    }
  }

  /** Whether the participant has decided; credentials, load and routing are not its decisions. */
  private static boolean isNo(int status, Message message) {
    return switch (status) {
      case 401, 403, 405, 407, 408, 421, 425, 429 -> false;
      // A participant that is starting, or something in front of it, does not know the path.
      case 404 ->
          !problem(status, message.getBody(String.class))
              .type()
              .equals(ProblemType.NO_SUCH_RESOURCE.uri());
      default -> status >= 400 && status < 500;
    };
  }

  /**
   * @throws ProblemException the participant's own problem if it said no
   * @throws SagaCancelledException if it said that the saga is being undone already
   */
  static void requireYes(Exchange exchange) {
    Message message = exchange.getMessage();
    int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    if (status >= 400) {
      Problem problem = problem(status, message.getBody(String.class));
      throw problem.type().equals(ProblemType.SAGA_CANCELLED.uri())
          ? new SagaCancelledException(problem.detail())
          : new ProblemException(problem);
    }
  }

  private static Problem problem(int status, String body) {
    try {
      JsonNode json = JSON.readTree(body);
      Map<String, Object> more = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> member : json.properties()) {
        if (!STANDARD.contains(member.getKey())) {
          more.put(member.getKey(), member.getValue());
        }
      }
      return new Problem(
          json.path("type").asText("about:blank"),
          json.path("title").asText("The participant said no"),
          status,
          json.hasNonNull("detail") ? json.get("detail").asText() : null,
          null,
          null,
          more);
    } catch (JsonProcessingException e) {
      return new Problem(
          "about:blank", "The participant said no", status, null, null, null, Map.of());
    }
  }
}
