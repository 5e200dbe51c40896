package dev.relevo.saga;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;

/** A small application on the saga service: orders of three steps, and what a test adds. */
final class SagaApp implements AutoCloseable {
  final DefaultCamelContext context = new DefaultCamelContext();
  final JournaledSagaService service;

  private SagaApp(JournaledSagaService service) {
    this.service = service;
  }

  static SagaApp start(JournaledSagaService service, RouteBuilder... routes) {
    SagaApp app = new SagaApp(service);
    try {
      app.context.getRegistry().bind("sagas", service);
      app.context.getShutdownStrategy().setTimeout(10);
      for (RouteBuilder builder : routes) {
        app.context.addRoutes(builder);
      }
      app.context.start();
      return app;
    } catch (Exception e) {
      app.close();
      throw new IllegalStateException(e);
    }
  }

  /** Sends a body and waits for the exchange's end. */
  Exchange send(String uri, Object body) {
    return context.createFluentProducerTemplate().to(uri).withBody(body).send();
  }

  /** Sends what a test prepares, and waits for the exchange's end. */
  Exchange send(String uri, Processor request) {
    return context.createFluentProducerTemplate().to(uri).withProcessor(request).send();
  }

  @Override
  public void close() {
    context.stop();
  }

  /** Numbers that let a test see in seconds what takes minutes outside. */
  static SagaSettings quick() {
    return quick(Duration.ofSeconds(4));
  }

  /** The same with another deadline. */
  static SagaSettings quick(Duration deadline) {
    return new SagaSettings(
        deadline,
        Duration.ofMillis(1000),
        Duration.ofMillis(300),
        Duration.ofMillis(100),
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        Duration.ofMillis(20),
        Duration.ofMillis(200),
        3,
        Duration.ofMillis(500),
        20,
        Duration.ofHours(72),
        Duration.ofDays(6),
        8);
  }

  /** The same with another lease. */
  static SagaSettings withLease(SagaSettings quick, Duration lease) {
    return with(quick, "lease", lease);
  }

  /** The same with another value of the number of that name. */
  static SagaSettings with(SagaSettings settings, String name, Object value) {
    try {
      RecordComponent[] numbers = SagaSettings.class.getRecordComponents();
      Class<?>[] types = new Class<?>[numbers.length];
      Object[] values = new Object[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        types[i] = numbers[i].getType();
        boolean other = numbers[i].getName().equals(name);
        values[i] = other ? value : numbers[i].getAccessor().invoke(settings);
      }
      return SagaSettings.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(name, e);
    }
  }

  /** Stores the body of a completed order, and a refusal's words as the answer of one refused. */
  static SagaOutcomes outcomes() {
    return new SagaOutcomes() {
      @Override
      public Optional<StoredAnswer> completed(Exchange exchange) {
        return Optional.of(
            new StoredAnswer(200, "text/plain", exchange.getMessage().getBody(String.class)));
      }

      @Override
      public Optional<StoredAnswer> refused(Exchange exchange) {
        return Optional.ofNullable(exchange.getException(Participants.Refusal.class))
            .map(refusal -> new StoredAnswer(409, "text/plain", refusal.getMessage()));
      }

      @Override
      public void reply(Exchange exchange, StoredAnswer answer) {
        exchange.getMessage().setBody(answer.body());
        exchange.getMessage().setHeader("status", answer.status());
        exchange.getMessage().setHeader("replayed", true);
      }

      @Override
      public boolean isFinalRefusal(Exception failure) {
        return failure instanceof Participants.Refusal;
      }
    };
  }

  /** {@code direct:order} takes stock, creates the order, writes the report. */
  static RouteBuilder orders(Participants participants) {
    return new RouteBuilder() {
      @Override
      public void configure() {
        errorHandler(noErrorHandler());
        from("direct:order")
            .routeId("order")
            .saga()
            .to("direct:stock")
            .to("direct:create")
            .to("direct:report")
            .process(
                exchange ->
                    exchange.getMessage().setBody("done " + exchange.getMessage().getBody()))
            .end();
        step("stock");
        step("create");
        step("report");
      }

      private void step(String name) {
        from("direct:" + name)
            .routeId(name)
            .saga()
            .propagation(SagaPropagation.MANDATORY)
            .compensation("direct:undo-" + name)
            .option("what", simple("${body}"))
            .process(participants.named(name))
            .end();
        from("direct:undo-" + name)
            .routeId("undo-" + name)
            .process(participants.named("undo " + name));
      }
    };
  }

  /** {@code direct:once} is {@code direct:order} for the key in the header of that name. */
  static RouteBuilder once(JournaledSagaService service) {
    Function<Exchange, SagaKey> keys =
        exchange ->
            new SagaKey(
                "tests",
                exchange.getMessage().getHeader("key", String.class),
                Integer.toHexString(exchange.getMessage().getBody(String.class).hashCode()));
    return new RouteBuilder() {
      @Override
      public void configure() {
        errorHandler(noErrorHandler());
        from("direct:once")
            .routeId("once")
            .policy(new OncePolicy(service, keys))
            .to("direct:order")
            .end();
      }
    };
  }
}
