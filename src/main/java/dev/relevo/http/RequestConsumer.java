package dev.relevo.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.HttpRequestHandler;

/**
 * Takes a request through a route on the thread that Tomcat gave it (a virtual one on JDK 21 and
 * newer), and writes the answer.
 *
 * <p>The starter's consumer hands each request to another thread and has Spring dispatch it a
 * second time for the answer; it makes headers of all request headers, query parameters and form
 * fields alike, and returns all headers with the answer. This one lets pass what {@link
 * HeaderPolicy} names and leaves parameters to the {@link Contract}. The body is a {@code byte[]},
 * or null; a {@link Map} or {@link List} that a route leaves as the body is written as JSON.
 */
final class RequestConsumer extends DefaultConsumer
    implements PlatformHttpConsumer, HttpRequestHandler, Suspendable {
  private static final Logger LOG = LoggerFactory.getLogger(RequestConsumer.class);

  private final Gate gate;
  private final HeaderPolicy headers;
  private final long maxBody;
  private final ProblemDetails problems;
  private final ObjectWriter json;

  RequestConsumer(
      PlatformHttpEndpoint endpoint,
      Processor processor,
      Gate gate,
      HeaderPolicy headers,
      long maxBody,
      ProblemDetails problems,
      ObjectWriter json) {
    super(endpoint, processor);
    this.gate = gate;
    this.headers = headers;
    this.maxBody = maxBody;
    this.problems = problems;
    this.json = json;
  }

  @Override
  public PlatformHttpEndpoint getEndpoint() {
    return (PlatformHttpEndpoint) super.getEndpoint();
  }

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
    try {
      if (gate.isDraining()) {
        response.setHeader("Connection", "close");
      }
      String closed = gate.closed().orElse(null);
      if (closed != null) {
        ProblemWriter.write(problems.unavailable(closed), response);
      } else if (isStarted()) {
        route(request, response);
      } else {
        ProblemWriter.write(
            ProblemWriter.forStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE, request), response);
      }
    } catch (IOException e) {
      // The client has gone, so nobody is left to be told; what was done stays done.
      LOG.debug("Nobody took the answer to {} {}", request.getMethod(), request.getRequestURI(), e);
    } catch (Throwable e) {
      refuse(e, request, response);
    }
  }

  private void route(HttpServletRequest request, HttpServletResponse response) throws Exception {
    Exchange exchange = createExchange(false);
    try {
      exchange.setPattern(ExchangePattern.InOut);
      String contentType = read(request, exchange.getIn());
      createUoW(exchange);
      try {
        getProcessor().process(exchange);
      } catch (Exception e) {
        exchange.setException(e);
      }
      if (exchange.getException() == null) {
        write(exchange, contentType, request, response);
      } else {
        refuse(exchange.getException(), request, response);
      }
    } finally {
      doneUoW(exchange);
      releaseExchange(exchange, false);
    }
  }

  /** Fills the message; returns the request's content type as it stands there. */
  private String read(HttpServletRequest request, Message message) {
    String contentType = request.getContentType();
    String method = request.getMethod();
    message.setHeader(Exchange.HTTP_METHOD, "HEAD".equals(method) ? "GET" : method);
    message.setHeader(
        Exchange.HTTP_PATH, request.getRequestURI().substring(request.getContextPath().length()));
    if (request.getQueryString() != null) {
      message.setHeader(Exchange.HTTP_QUERY, request.getQueryString());
    }
    if (contentType != null) {
      message.setHeader(Exchange.CONTENT_TYPE, contentType);
    }
    copy(headers.in(), request, message);
    if (InboundFilter.isTrusted(request)) {
      copy(headers.fromPeers(), request, message);
    }
    message.setBody(body(request));
    return contentType;
  }

  private static void copy(List<String> names, HttpServletRequest request, Message message) {
    for (String name : names) {
      String value = request.getHeader(name);
      if (value != null) {
        if (isRepeated(request, name)) {
          throw ProblemException.invalid(List.of(new FieldError(name, "must be given once")));
        }
        message.setHeader(name, value);
      }
    }
  }

  private static boolean isRepeated(HttpServletRequest request, String name) {
    Enumeration<String> values = request.getHeaders(name);
    values.nextElement();
    return values.hasMoreElements();
  }

  private byte[] body(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    if (length == 0 || length < 0 && request.getHeader("Transfer-Encoding") == null) {
      return null;
    }
    byte[] body;
    try {
      body = request.getInputStream().readNBytes((int) Math.min(Integer.MAX_VALUE, maxBody + 1));
    } catch (IOException e) {
      // The client broke off or was too slow, or its chunks are none.
      throw ProblemException.of(ProblemType.BAD_REQUEST, "The body can't be read to its end.");
    }
    if (body.length > maxBody) {
      throw new ProblemException(InboundFilter.tooLarge(maxBody));
    }
    return body;
  }

  private void write(
      Exchange exchange,
      String requestType,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Message message = exchange.getMessage();
    byte[] bytes = bytes(message);
    boolean empty = bytes == null || bytes.length == 0;
    Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    if (status != null && status >= 400 && empty) {
      ProblemWriter.write(ProblemWriter.forStatus(status, request), response);
      return;
    }
    response.setStatus(status != null ? status : empty ? 204 : 200);
    for (String name : headers.out()) {
      String value = message.getHeader(name, String.class);
      if (value != null) {
        response.setHeader(name, value);
      }
    }
    if (!empty) {
      String type = message.getHeader(Exchange.CONTENT_TYPE, String.class);
      // The very object that came with the request, or the list of all that the contract has for
      // the operation (put there by the REST binding): no route has said anything.
      boolean unsaid = type == null || type == requestType || type.indexOf(',') >= 0;
      response.setContentType(unsaid ? "application/json" : type);
      response.setContentLength(bytes.length);
      response.getOutputStream().write(bytes);
    }
  }

  private byte[] bytes(Message message) {
    Object body = message.getBody();
    if (body == null || body instanceof byte[]) {
      return (byte[]) body;
    }
    if (body instanceof Map || body instanceof List) {
      try {
        return json.writeValueAsBytes(body);
      } catch (JsonProcessingException e) {
        // Not an IOException, which would mean that the client has gone.
        throw new IllegalStateException("The answer can't be written as JSON", e);
      }
    }
    byte[] bytes = message.getBody(byte[].class);
    if (bytes == null) {
      throw new IllegalStateException(
          "A " + body.getClass().getName() + " can't be written as an answer");
    }
    return bytes;
  }

  private void refuse(Throwable failure, HttpServletRequest request, HttpServletResponse response) {
    try {
      ProblemWriter.write(
          problems.problemFor(request.getMethod() + " " + request.getRequestURI(), failure),
          response);
    } catch (IOException e) {
      LOG.debug(
          "Nobody took the refusal of {} {}", request.getMethod(), request.getRequestURI(), e);
    }
  }
}
