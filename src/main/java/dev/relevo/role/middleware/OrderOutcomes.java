package dev.relevo.role.middleware;

import dev.relevo.http.Problem;
import dev.relevo.http.ProblemException;
import dev.relevo.saga.SagaOutcomes;
import dev.relevo.saga.StoredAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Final answers of orders: 200, and the 4xx that a participant says. */
final class OrderOutcomes implements SagaOutcomes {

  @Override
  public Optional<StoredAnswer> completed(Exchange exchange) {
    Message message = exchange.getMessage();
    return Optional.of(
        new StoredAnswer(
            200,
            message.getHeader(Exchange.CONTENT_TYPE, String.class),
            message.getBody(String.class)));
  }

  @Override
  public Optional<StoredAnswer> refused(Exchange exchange) {
    if (!(exchange.getException() instanceof ProblemException refusal)
        || refusal.problem().status() >= 500) {
      return Optional.empty();
    }
    Problem problem = refusal.problem();
    return Optional.of(
        new StoredAnswer(
            problem.status(),
            Problem.MEDIA_TYPE,
            new String(problem.toJson(), StandardCharsets.UTF_8)));
  }

  @Override
  public void reply(Exchange exchange, StoredAnswer answer) {
    Message message = exchange.getMessage();
    message.removeHeaders("*");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
    message.setHeader(Exchange.CONTENT_TYPE, answer.contentType());
    message.setHeader("Idempotent-Replayed", "true");
    message.setBody(answer.body());
  }

  @Override
  public boolean isFinalRefusal(Exception failure) {
    return failure instanceof ProblemException refusal && refusal.problem().status() < 500;
  }
}
