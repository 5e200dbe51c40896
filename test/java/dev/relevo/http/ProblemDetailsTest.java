package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.BindToRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.util.CaseInsensitiveMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ProblemDetailsTest extends CamelTestSupport {

  @BindToRegistry("problemDetails")
  private final ProblemDetails problemDetails = new ProblemDetails(Duration.ofSeconds(3));

  private Throwable failure;

  @Override
  protected CamelContext createCamelContext() throws Exception {
    CamelContext context = super.createCamelContext();
    PluginHelper.getRoutesLoader(context)
        .loadRoutes(
            ResourceHelper.resolveResource(context, "classpath:routes/problem-details.camel.yaml"));
    return context;
  }

  @Override
  protected RoutesBuilder createRouteBuilder() {
    return new RouteBuilder() {
      @Override
      public void configure() {
        from("direct:fail")
            .routeId("fail-on-purpose")
            .routeConfigurationId("problem-details")
            .setHeader("Location", constant("/things/1"))
            .process(
                exchange -> {
                  if (failure instanceof Error error) {
                    throw error;
                  }
                  throw (Exception) failure;
                });
        from("direct:refuse")
            .routeConfigurationId("problem-details")
            .throwException(
                ProblemException.class, "not-found: There is no thing ${header.id}: none.");
        from("direct:outer").routeConfigurationId("problem-details").to("direct:inner");
        from("direct:inner")
            .errorHandler(noErrorHandler())
            .process(
                e -> {
                  throw (Exception) failure;
                });
      }
    };
  }

  @Test
  void aProblemThatIsThrownIsTheAnswer() throws Exception {
    failure =
        new ProblemException(
            Problem.of(ProblemType.NOT_ENOUGH_STOCK, "There are 2 left.")
                .with("stock", 2)
                .at("/things/1"));

    Exchange answer = send("direct:fail");

    assertAnswer(answer, 409);
    assertThat(body(answer).toString())
        .isEqualTo(
            "{\"type\":\"urn:relevo:problem:not-enough-stock\",\"title\":\"Not enough stock\",\"status\":409,"
                + "\"detail\":\"There are 2 left.\",\"instance\":\"/things/1\",\"stock\":2}");
    assertThat(answer.getMessage().getHeaders())
        .doesNotContainKeys("Retry-After", "Location", "X-Secret");
    assertThat(answer.getMessage().getHeader("Idempotency-Key")).isEqualTo("k");
  }

  @Test
  void aProblemInsideOfAnotherExceptionIsTheAnswer() throws Exception {
    failure =
        new IllegalStateException(
            ProblemException.invalid(List.of(new FieldError("qty", "must be small"))));

    Exchange answer = send("direct:fail");

    assertAnswer(answer, 422);
    assertThat(body(answer).path("errors").toString())
        .isEqualTo("[{\"field\":\"qty\",\"reason\":\"must be small\"}]");
  }

  @Test
  void aRouteThrowsAProblemByTheIdOfItsType() throws Exception {
    Exchange answer = send("direct:refuse");

    assertAnswer(answer, 404);
    assertThat(body(answer).path("detail").asText()).isEqualTo("There is no thing 7: none.");
  }

  @Test
  void aFailureOfACalledRouteIsAnsweredByTheCaller() throws Exception {
    failure = ProblemException.notFound("There is no thing.");

    assertAnswer(send("direct:outer"), 404);
  }

  @Test
  void aFailureThatPassesIsToBeTriedAgain(CapturedOutput log) throws Exception {
    failure = new RuntimeException(new ConnectException("10.0.0.7 refused"));

    Exchange answer = send("direct:fail");

    assertAnswer(answer, 503);
    assertThat(answer.getMessage().getHeader("Retry-After")).isEqualTo("3");
    assertThat(body(answer).path("type").asText()).isEqualTo("urn:relevo:problem:unavailable");
    assertThat(body(answer).toString()).doesNotContain("refused", "Exception");
    assertThat(log).contains("fail-on-purpose", "10.0.0.7 refused").doesNotContain("\tat ");
  }

  @Test
  void anyOtherFailureIsLoggedUnderAReference(CapturedOutput log) throws Exception {
    failure = new IllegalStateException("password=secret");

    Exchange answer = send("direct:fail");

    assertAnswer(answer, 500);
    String reference = body(answer).path("reference").asText();
    assertThat(body(answer).path("detail").asText()).contains(reference);
    assertThat(body(answer).toString()).doesNotContain("secret", "Exception");
    assertThat(log).contains(reference, "password=secret", "\tat ");
  }

  @Test
  void anErrorIsAnsweredToo() throws Exception {
    failure = new NoClassDefFoundError("x");

    assertAnswer(send("direct:fail"), 500);
  }

  private Exchange send(String uri) {
    return template()
        .send(
            uri,
            e -> {
              e.setProperty(ProblemDetails.KEY, "k");
              e.getMessage()
                  .setHeaders(
                      new CaseInsensitiveMap(
                          Map.of("id", 7, "X-Secret", "s", "Idempotency-Key", "from outside")));
            });
  }

  private static void assertAnswer(Exchange answer, int status) {
    assertThat(answer.getException()).isNull();
    assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(status);
    assertThat(answer.getMessage().getHeader(Exchange.CONTENT_TYPE))
        .isEqualTo("application/problem+json");
  }

  private static JsonNode body(Exchange answer) throws Exception {
    return new ObjectMapper().readTree(answer.getMessage().getBody(byte[].class));
  }
}
