package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import org.apache.camel.component.platform.http.HttpEndpointModel;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.util.ServletRequestPathUtils;

class RouteMappingTest {
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final RouteMapping mapping = new RouteMapping();
  private final RequestEngine engine =
      new RequestEngine(
          0,
          new Gate(),
          HeaderPolicy.of(List.of()),
          100,
          new ProblemDetails(Duration.ofSeconds(1)),
          new ObjectMapper().writer());

  @BeforeEach
  void start() {
    camel.start();
    PlatformHttpComponent component = new PlatformHttpComponent();
    component.setEngine(engine);
    camel.addComponent("platform-http", component);
  }

  @AfterEach
  void stop() {
    camel.stop();
  }

  @Test
  void theMostSpecificPathWins() throws Exception {
    HttpRequestHandler any = register("/things/{id}", "GET", false);
    HttpRequestHandler one = register("/things/newest", "GET", false);
    HttpRequestHandler below = register("/files", null, true);

    assertThat(handler("GET", "/things/newest")).isSameAs(one);
    assertThat(handler("GET", "/things/7")).isSameAs(any);
    assertThat(handler("HEAD", "/things/7")).isSameAs(any);
    assertThat(handler("DELETE", "/files/a/b")).isSameAs(below);
    assertThat(handler("GET", "/things")).isNull();
    assertThat(handler("GET", "/things/7/x")).isNull();
  }

  @Test
  void methodsOfOnePathMayHaveConsumersOfTheirOwn() throws Exception {
    HttpRequestHandler get = register("/things", "GET", false);
    HttpRequestHandler post = register("/things", "POST", false);

    assertThat(handler("GET", "/things")).isSameAs(get);
    assertThat(handler("POST", "/things")).isSameAs(post);
    assertThatThrownBy(() -> handler("PUT", "/things"))
        .isInstanceOfSatisfying(
            HttpRequestMethodNotSupportedException.class,
            e ->
                assertThat(e.getSupportedMethods())
                    .containsExactlyInAnyOrder("GET", "HEAD", "OPTIONS", "POST"));
  }

  @Test
  void aPathThatIsTakenBackIsGone() throws Exception {
    register("/things", "GET", false);
    mapping.unregisterHttpEndpoint(new HttpEndpointModel("/things", "GET", null, null, null));

    assertThat(handler("GET", "/things")).isNull();
  }

  @Test
  void aConsumerThatDoesNotRunAsksToTryLater() throws Exception {
    HttpRequestHandler stopped = register("/things", "GET", false);
    MockHttpServletResponse response = new MockHttpServletResponse();

    stopped.handleRequest(new MockHttpServletRequest("GET", "/things"), response);

    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.getHeader("Retry-After")).isEqualTo("1");
    assertThat(response.getContentType()).isEqualTo("application/problem+json");
  }

  private HttpRequestHandler register(String path, String verbs, boolean prefix) {
    PlatformHttpEndpoint endpoint =
        camel.getEndpoint(
            "platform-http:" + path + "?matchOnUriPrefix=" + prefix, PlatformHttpEndpoint.class);
    RequestConsumer consumer = (RequestConsumer) engine.createConsumer(endpoint, exchange -> {});
    mapping.registerHttpEndpoint(new HttpEndpointModel(path, verbs, null, null, consumer));
    return consumer;
  }

  private HttpRequestHandler handler(String method, String path) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest(method, path);
    ServletRequestPathUtils.parseAndCache(request);
    return mapping.getHandlerInternal(request);
  }
}
