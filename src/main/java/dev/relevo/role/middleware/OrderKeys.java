package dev.relevo.role.middleware;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.http.Caller;
import dev.relevo.http.ProblemDetails;
import dev.relevo.saga.SagaKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Function;
import org.apache.camel.Exchange;

/**
 * Reads an order's idempotency key, or makes one; the answer carries it. The same key of two
 * callers with credentials of their own are two keys.
 */
final class OrderKeys implements Function<Exchange, SagaKey> {
  private static final String HEADER = "Idempotency-Key";

  /** The scope of callers without a credential of their own. */
  private static final String ANYONE = "anyone";

  private static final JsonMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  @Override
  public SagaKey apply(Exchange exchange) {
    String sent = exchange.getMessage().getHeader(HEADER, String.class);
    String key = sent == null ? UUID.randomUUID().toString() : sent;
    exchange.setProperty(ProblemDetails.KEY, key);
    String caller = exchange.getProperty(Caller.PROPERTY, ANYONE, String.class);
    return new SagaKey(caller, key, hash(exchange.getMessage().getBody()));
  }

  /** The SHA-256 of the body's canonical JSON: members in order, no white space. */
  private static String hash(Object body) {
    try {
      byte[] json = CANONICAL.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("A validated body can be hashed", e);
    }
  }
}
