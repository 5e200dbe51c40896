package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.ServletOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.HttpEndpointModel;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpListener;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@ExtendWith(OutputCaptureExtension.class)
class RequestConsumerTest {
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final Gate gate = new Gate();
  private final RequestEngine engine =
      new RequestEngine(
          0,
          gate,
          HeaderPolicy.of(List.of("X-Declared", "Relevo-Saga-Id")),
          100,
          new ProblemDetails(Duration.ofSeconds(1)),
          new ObjectMapper().writer());
  private MockHttpServletResponse response = new MockHttpServletResponse();

  private volatile Processor work;
  private RequestConsumer consumer;

  @BeforeEach
  void start() throws Exception {
    PlatformHttpComponent component = new PlatformHttpComponent();
    component.setEngine(engine);
    component.addPlatformHttpListener(
        new PlatformHttpListener() {
          @Override
          public void registerHttpEndpoint(HttpEndpointModel model) {
            consumer = (RequestConsumer) model.getConsumer();
          }

          @Override
          public void unregisterHttpEndpoint(HttpEndpointModel model) {
            // The test ends with it.
          }
        });
    camel.addComponent("platform-http", component);
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("platform-http:/things").process(exchange -> work.process(exchange));
          }
        });
    camel.start();
  }

  @AfterEach
  void stop() {
    camel.stop();
  }

  @Test
  void anyBodyThatBecomesBytesIsWritten() throws Exception {
    serve(exchange -> exchange.getMessage().setBody("text"));
    assertThat(response.getContentAsString()).isEqualTo("text");

    serve(exchange -> exchange.getMessage().setBody(new ByteArrayInputStream(new byte[] {'s'})));
    assertThat(response.getContentAsString()).isEqualTo("s");

    serve(exchange -> exchange.getMessage().setBody(List.of(1, 2)));
    assertThat(response.getContentAsString()).isEqualTo("[1,2]");
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentType()).isEqualTo("application/json");
  }

  @Test
  void aClosedGateIsSaidAndNothingIsRouted() throws Exception {
    gate.close("Not yet.");
    serve(
        exchange -> {
          throw new AssertionError("routed");
        });
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.getContentType()).isEqualTo("application/problem+json");
    assertThat(response.getHeader("Retry-After")).isEqualTo("1");
    assertThat(response.getContentAsString()).contains("\"detail\":\"Not yet.\"");

    gate.open();
    response = new MockHttpServletResponse();
    serve(exchange -> exchange.getMessage().setBody("yes"));
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getHeader("Connection")).isNull();
  }

  @Test
  void aDrainingRoleAnswersAndSendsItsClientsAway() throws Exception {
    gate.drain();
    serve(exchange -> exchange.getMessage().setBody("yes"));
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getHeader("Connection")).isEqualTo("close");
  }

  @Test
  void noBodyIsNoContent() throws Exception {
    serve(exchange -> exchange.getMessage().setBody(null));

    assertThat(response.getStatus()).isEqualTo(204);
  }

  @Test
  void aRefusalWithoutABodyGetsOne() throws Exception {
    serve(
        exchange -> {
          exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 409);
          exchange.getMessage().setBody(null);
        });

    assertThat(response.getStatus()).isEqualTo(409);
    assertThat(response.getContentType()).isEqualTo("application/problem+json");
    assertThat(response.getContentAsString()).contains("urn:relevo:problem:conflict");
  }

  @Test
  void aBodyThatCanNotBeWrittenIsAFailureThatIsLogged(CapturedOutput log) throws Exception {
    serve(exchange -> exchange.getMessage().setBody(List.of(new Object())));
    assertThat(response.getStatus()).isEqualTo(500);

    serve(exchange -> exchange.getMessage().setBody(Thread.State.NEW));
    assertThat(response.getStatus()).isEqualTo(500);
    assertThat(response.getContentAsString()).doesNotContain("Thread");
    assertThat(log)
        .contains("The answer can't be written as JSON", "java.lang.Thread$State can't be written");
  }

  @Test
  void aClientThatHasGoneIsNoError(CapturedOutput log) throws Exception {
    serveTo(gone(), exchange -> exchange.getMessage().setBody("text"));
    serveTo(
        gone(),
        exchange -> {
          throw ProblemException.notFound("There is none.");
        });

    assertThat(log).doesNotContain("ERROR", "WARN");
  }

  @Test
  void onlyDeclaredHeadersComeIn() throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/things");
    request.addHeader("x-declared", "a");
    request.addHeader("X-Other", "b");
    request.addHeader("Relevo-Saga-Id", "c");
    request.addHeader("Idempotency-Key", "d");
    Map<String, Object> seen = new java.util.TreeMap<>();

    serve(
        request,
        new MockHttpServletResponse(),
        exchange -> seen.putAll(exchange.getMessage().getHeaders()));

    assertThat(seen)
        .isEqualTo(
            Map.of(
                "CamelHttpMethod", "GET",
                "CamelHttpPath", "/things",
                "X-Declared", "a",
                "Idempotency-Key", "d"));
  }

  private static MockHttpServletResponse gone() {
    return new MockHttpServletResponse() {
      @Override
      public ServletOutputStream getOutputStream() {
        return new ServletOutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }

          @Override
          public boolean isReady() {
            return true;
          }

          @Override
          public void setWriteListener(jakarta.servlet.WriteListener listener) {
            throw new UnsupportedOperationException();
          }
        };
      }
    };
  }

  private void serve(Processor route) {
    response = new MockHttpServletResponse();
    serveTo(response, route);
  }

  private void serveTo(MockHttpServletResponse to, Processor route) {
    serve(new MockHttpServletRequest("GET", "/things"), to, route);
  }

  private void serve(MockHttpServletRequest request, MockHttpServletResponse to, Processor work) {
    this.work = work;
    consumer.handleRequest(request, to);
  }
}
