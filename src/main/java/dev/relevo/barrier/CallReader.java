package dev.relevo.barrier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Tells from a message's headers and body what call it is. */
final class CallReader {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern STEP =
      Pattern.compile("([a-z][a-z0-9-]{0,31})/(\\d{1,4})/(action|compensation)");
  private static final Pattern MILLIS = Pattern.compile("\\d{1,15}");
  private static final Pattern PRINTABLE =
      Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?");
  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private final String scope;
  private final Problems problems;

  /**
   * @param scope within which a client's key names one request
   */
  CallReader(String scope, Problems problems) {
    this.scope = scope;
    this.problems = problems;
  }

  Call read(Message message) {
    String sagaId = message.getHeader(BarrierHeaders.SAGA_ID, String.class);
    String step = message.getHeader(BarrierHeaders.SAGA_STEP, String.class);
    if (sagaId != null || step != null) {
      return saga(sagaId, step, message.getHeader(BarrierHeaders.DEADLINE, String.class));
    }
    String key = message.getHeader(BarrierHeaders.IDEMPOTENCY_KEY, String.class);
    return key == null ? new Call.Plain() : keyed(key, message);
  }

  private Call saga(String sagaId, String step, String deadline) {
    Matcher parts = STEP.matcher(step == null ? "" : step);
    if (sagaId == null || !UUID.matcher(sagaId).matches() || !parts.matches()) {
      throw problems.problem(
          400,
          "bad-request",
          "Relevo-Saga-Id has to be a UUID and Relevo-Saga-Step <step>/<number>/<action|compensation>.");
    }
    if (deadline != null && !MILLIS.matcher(deadline).matches()) {
      throw problems.problem(
          400, "bad-request", "Relevo-Deadline has to be milliseconds since 1970.");
    }
    Operation operation =
        parts.group(3).equals(Operation.ACTION.text()) ? Operation.ACTION : Operation.COMPENSATION;
    return new Call.Saga(
        new CallKey(sagaId, parts.group(1), Integer.parseInt(parts.group(2)), operation),
        Optional.ofNullable(deadline).map(Long::valueOf).map(Instant::ofEpochMilli));
  }

  private Call keyed(String key, Message message) {
    if (!PRINTABLE.matcher(key).matches()) {
      throw problems.problem(
          422,
          "invalid-field",
          "The Idempotency-Key has to be 1 to 255 printable ASCII characters.");
    }
    String request =
        message.getHeader(Exchange.HTTP_METHOD, String.class)
            + ' '
            + message.getHeader(Exchange.HTTP_PATH, String.class)
            + '\n'
            + canonical(message.getBody());
    return new Call.Keyed(
        new CallKey("key:" + hash(scope + '\n' + key), "-", 0, Operation.ACTION), hash(request));
  }

  private static String canonical(Object body) {
    try {
      return CANONICAL.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The body is no JSON value", e);
    }
  }

  /** 43 characters of which no two texts have the same. */
  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
