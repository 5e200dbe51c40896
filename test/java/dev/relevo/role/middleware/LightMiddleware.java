package dev.relevo.role.middleware;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import dev.relevo.RouteSettings;
import dev.relevo.RouteTestSupport;
import dev.relevo.http.Contract;
import dev.relevo.http.ProblemDetails;
import dev.relevo.http.ReadPatience;
import dev.relevo.saga.Enlistment;
import dev.relevo.saga.JdbcSagaJournal;
import dev.relevo.saga.JournaledSagaService;
import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaJournal;
import dev.relevo.saga.SagaListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.PropertyBindingSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.core.io.ClassPathResource;

/**
 * A process that is the saga service, the middleware's own routes and {@code POST /orders}, and
 * nothing else, so that it starts in a moment and can be killed a thousand times.
 *
 * <p>It is told what to do on its standard input: {@code arm <point> <times> <delay in
 * microseconds>} or {@code exit}; it ends when that ends. On its standard output the lines that
 * begin with {@code @} and a time (milliseconds since 1970) say what it does; everything else is
 * its log.
 */
public final class LightMiddleware {
  private static final Logger LOG = LoggerFactory.getLogger(LightMiddleware.class);
  private static final List<String> OUT =
      List.of("Content-Type", "Idempotency-Key", "Idempotent-Replayed", "Retry-After");

  private final RouteSettings settings = new RouteSettings(List.of("routes/application.yaml"));
  private final KillSwitch killSwitch = new KillSwitch(LightMiddleware::say);
  private final KillPoints points = new KillPoints(killSwitch);
  private final DefaultCamelContext camel = new DefaultCamelContext();

  private LightMiddleware(String[] args) {
    settings.set("relevo.role", "middleware");
    for (String arg : args) {
      int is = arg.indexOf('=');
      settings.set(arg.substring(0, is), arg.substring(is + 1));
    }
  }

  /**
   * @param args settings as {@code key=value}; those of the data source are needed, {@code
   *     server.port} and {@code relevo.service-token}
   */
  public static void main(String[] args) throws Exception {
    LightMiddleware middleware = new LightMiddleware(args);
    middleware.start();
    middleware.obey();
    System.exit(0);
  }

  private static void say(String what) {
    System.out.println("@ " + System.currentTimeMillis() + " " + what);
  }

  private void start() throws Exception {
    camel.getPropertiesComponent().addPropertiesSource(settings);
    bind(camel.getRegistry());
    HttpComponent http = new HttpComponent();
    http.setCamelContext(camel);
    PropertyBindingSupport.build().bind(camel, http, settings.below("camel.component.http."));
    new MiddlewareConfiguration()
        .participantClient(
            settings.getProperty("relevo.service-token"),
            (request, scope, chain) -> chain.proceed(request, scope))
        .configure("http", http);
    camel.addComponent("http", http);
    Collection<RoutesBuilder> routes =
        RouteTestSupport.findRoutes(camel, List.of("routes/*.camel.yaml"));
    // What all routes have in common has to be known before the first one is made.
    for (RoutesBuilder file : routes) {
      if (file instanceof RouteConfigurationsBuilder common) {
        camel.addRoutesConfigurations(common);
      }
    }
    for (RoutesBuilder file : routes) {
      camel.addRoutes(file);
    }
    camel.start();
    serve();
  }

  /** The same beans as the role's, by the names that the routes call them. */
  private void bind(Registry registry) {
    MiddlewareConfiguration beans = new MiddlewareConfiguration();
    SagaProperties properties = settings.bind("relevo.saga", Bindable.of(SagaProperties.class));
    SagaJournal journal = points.around(new JdbcSagaJournal(dataSource()), LightMiddleware::say);
    JournaledSagaService sagas =
        new JournaledSagaService(
            journal, properties.settings(), new OrderOutcomes(), new Narrator());
    registry.bind("contract", Contract.load(new ClassPathResource("routes/openapi.yaml")));
    registry.bind("problemDetails", new ProblemDetails(Duration.ofSeconds(1)));
    registry.bind("mayWait", new ReadPatience(Duration.ofSeconds(1)));
    registry.bind("sagaService", sagas);
    registry.bind("once", beans.once(sagas));
    registry.bind(
        "admission",
        beans.admission(
            settings.bind("relevo.admission", Bindable.of(AdmissionProperties.class)), properties));
    registry.bind("prepareCall", points.aroundPrepare(beans.prepareCall()));
    registry.bind("requireAnswer", points.aroundAnswer(beans.requireAnswer()));
    registry.bind("requireYes", beans.requireYes());
    registry.bind("orderInLog", beans.orderInLog());
    registry.bind("deadlineAhead", beans.deadlineAhead(properties));
    registry.bind("sagaProblems", beans.sagaProblems(properties));
    registry.bind("sagaView", beans.sagaView(sagas));
    UnfinishedSagas unfinished = beans.unfinishedSagas(journal);
    registry.bind("healthView", beans.healthView(unfinished));
    registry.bind(
        "overviewView",
        beans.overviewView(
            unfinished,
            beans.orderStatistics(new SimpleMeterRegistry()),
            new Pairs(Map.of(), ""),
            "middleware"));
  }

  private HikariDataSource dataSource() {
    HikariDataSource pool =
        settings.bind("spring.datasource.hikari", Bindable.of(HikariDataSource.class));
    pool.setJdbcUrl(settings.getProperty("spring.datasource.url"));
    pool.setUsername(settings.getProperty("spring.datasource.username"));
    pool.setPassword(settings.getProperty("spring.datasource.password"));
    return pool;
  }

  private void serve() throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    int port = Integer.parseInt(settings.getProperty("server.port"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
    server.setExecutor(Executors.newCachedThreadPool());
    ProducerTemplate template = camel.createProducerTemplate();
    server.createContext("/orders", exchange -> answer(exchange, template));
    server.start();
    say("ready");
  }

  /** Passes on what the middleware's own consumer does. */
  private void answer(HttpExchange http, ProducerTemplate template) throws IOException {
    try (http) {
      byte[] body = http.getRequestBody().readAllBytes();
      Exchange answer =
          template.request(
              "direct:placeOrder",
              exchange -> {
                for (String name : List.of("Content-Type", "Idempotency-Key")) {
                  String value = http.getRequestHeaders().getFirst(name);
                  if (value != null) {
                    exchange.getMessage().setHeader(name, value);
                  }
                }
                exchange.getMessage().setBody(body);
              });
      if (answer.getException() != null) {
        // As the middleware's own consumer does with what no route has answered.
        LOG.error("No route has answered this", answer.getException());
        http.sendResponseHeaders(500, -1);
        return;
      }
      points.pass("before-answer");
      for (String name : OUT) {
        String value = answer.getMessage().getHeader(name, String.class);
        if (value != null) {
          http.getResponseHeaders().set(name, value);
        }
      }
      Integer status = answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
      byte[] bytes = answer.getMessage().getBody(String.class).getBytes(StandardCharsets.UTF_8);
      http.sendResponseHeaders(status == null ? 200 : status, bytes.length);
      OutputStream out = http.getResponseBody();
      out.write(bytes, 0, bytes.length / 2);
      out.flush();
      points.pass("in-answer");
      out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
      out.flush();
      points.pass("after-answer");
    }
  }

  private void obey() throws IOException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = orders.readLine();
        line != null && !line.equals("exit");
        line = orders.readLine()) {
      String[] words = line.split(" ");
      killSwitch.arm(words[1], Integer.parseInt(words[2]), Long.parseLong(words[3]));
      say("armed " + words[1]);
    }
  }

  /** Says how sagas end, and what keeps them from it. */
  private static final class Narrator implements SagaListener {
    @Override
    public void written(Saga saga) {
      if (saga.state().isFinal()) {
        say("ended " + saga.id() + " " + saga.state());
      }
    }

    @Override
    public void called(Saga saga, Enlistment enlistment, Duration took, Exception failure) {
      if (failure != null) {
        say("failed " + saga.id() + " " + enlistment.lastError());
      }
    }
  }
}
