package dev.relevo.http;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Processor;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.slf4j.MDC;

/**
 * What the log lines of a request have in common, in SLF4J's mapped diagnostic context: the id of
 * its trace (W3C Trace Context, header {@code traceparent}), which calls to others pass on, and the
 * order it is about.
 */
public final class LogContext {
  /** The key of the trace's id, 32 hexadecimal digits; Micrometer Tracing uses the same. */
  public static final String TRACE_ID = "traceId";

  /** The key of the order's id. */
  public static final String ORDER_ID = "orderId";

  /** The key of the saga's id; sagas and barriers enter it. */
  private static final String SAGA_ID = "sagaId";

  private static final String HEADER = "traceparent";
  private static final Pattern PARENT =
      Pattern.compile("[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}.*");
  private static final HexFormat HEX = HexFormat.of();

  private LogContext() {}

  /** Begins with a request: its trace's id, or a new one. */
  static void begin(HttpServletRequest request) {
    String parent = request.getHeader(HEADER);
    Matcher matcher = parent == null ? null : PARENT.matcher(parent);
    MDC.put(
        TRACE_ID,
        matcher != null && matcher.matches() ? matcher.group(1) : randomHex() + randomHex());
  }

  /** Forgets everything: the thread serves others from now on. */
  static void end() {
    MDC.clear();
  }

  /**
   * Names the trace to whom is called. It says that the trace is not recorded here; who is called
   * decides for himself.
   */
  static ClassicHttpResponse passOn(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    String id = MDC.get(TRACE_ID);
    if (id != null) {
      request.setHeader(HEADER, "00-" + id + "-" + randomHex() + "-00");
    }
    return chain.proceed(request, scope);
  }

  /** Enters the order: the member {@code order_id} of the body, a map, or else its {@code id}. */
  public static Processor order() {
    return exchange -> {
      Map<?, ?> body = exchange.getMessage().getBody(Map.class);
      Object id = body.get("order_id");
      MDC.put(ORDER_ID, String.valueOf(id == null ? body.get("id") : id));
    };
  }

  /** Gives a span what the log lines of its thread are about, when it ends. */
  static Observation.Context tag(Observation.Context span) {
    Map<String, String> entries = MDC.getCopyOfContextMap();
    if (entries != null) {
      entries.forEach(
          (key, value) -> {
            if (key.equals(ORDER_ID) || key.equals(SAGA_ID)) {
              span.addHighCardinalityKeyValue(KeyValue.of("relevo." + key, value));
            }
          });
    }
    return span;
  }

  /** 16 digits, never all of them 0. */
  private static String randomHex() {
    return HEX.toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
  }
}
