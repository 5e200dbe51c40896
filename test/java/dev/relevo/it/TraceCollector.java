package dev.relevo.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes spans as an OpenTelemetry collector does: by OTLP over HTTP. */
final class TraceCollector implements AutoCloseable {
  private static final String NO_PARENT = "";

  private final HttpServer server;
  private final List<Recorded> spans = new CopyOnWriteArrayList<>();

  /**
   * A span.
   *
   * @param service who made it
   * @param parent empty if it has none
   */
  record Recorded(
      String service,
      String name,
      Span.SpanKind kind,
      String trace,
      String id,
      String parent,
      Map<String, String> attributes) {
    boolean isServer() {
      return kind == Span.SpanKind.SPAN_KIND_SERVER;
    }

    boolean isSql() {
      return attributes.containsKey("db.system");
    }

    boolean isRoot() {
      return parent.equals(NO_PARENT);
    }
  }

  TraceCollector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  List<Recorded> all() {
    return spans;
  }

  List<Recorded> of(String trace) {
    return spans.stream().filter(span -> span.trace().equals(trace)).toList();
  }

  private void take(HttpExchange http) throws IOException {
    try (http) {
      ExportTraceServiceRequest.parseFrom(http.getRequestBody())
          .getResourceSpansList()
          .forEach(
              resource -> {
                String service =
                    attributes(resource.getResource().getAttributesList()).get("service.name");
                resource
                    .getScopeSpansList()
                    .forEach(
                        scope ->
                            scope.getSpansList().forEach(span -> spans.add(of(service, span))));
              });
      http.sendResponseHeaders(200, -1);
    }
  }

  private static Recorded of(String service, Span span) {
    HexFormat hex = HexFormat.of();
    return new Recorded(
        service,
        span.getName(),
        span.getKind(),
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        attributes(span.getAttributesList()));
  }

  private static Map<String, String> attributes(List<KeyValue> list) {
    Map<String, String> attributes = new HashMap<>();
    list.forEach(entry -> attributes.put(entry.getKey(), entry.getValue().getStringValue()));
    return attributes;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
