package dev.relevo.role.middleware;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One instance of a participant, played by the test over real HTTP. */
final class ParticipantServer implements AutoCloseable {
  private static final int BACKLOG = 50;

  /**
   * What an instance was asked.
   *
   * @param instance who was asked, such as {@code inventory-a}
   * @param path path and query
   * @param headers by their name, whatever its case
   */
  record Call(
      String instance, String method, String path, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.get(name);
    }

    /** The call as {@code POST /orders}. */
    String line() {
      return method + " " + path;
    }
  }

  record Reply(int status, String contentType, String body) {
    static Reply json(int status, String body) {
      return new Reply(status, "application/json", body);
    }

    static Reply problem(int status, String body) {
      return new Reply(status, "application/problem+json", body);
    }
  }

  private final String name;
  private final List<Call> calls;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final int port;
  private volatile Function<Call, Reply> behaviour;
  private HttpServer server;

  /**
   * @param calls where every call is put down, before it is answered
   * @param behaviour what it answers; null for no answer at all
   */
  ParticipantServer(String name, List<Call> calls, Function<Call, Reply> behaviour) {
    this.name = name;
    this.calls = calls;
    this.behaviour = behaviour;
    this.server = listen(0);
    this.port = server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  void answers(Function<Call, Reply> how) {
    behaviour = how;
  }

  void answers(Reply reply) {
    behaviour = call -> reply;
  }

  /** Takes requests and never answers. */
  void staysSilent() {
    behaviour = call -> null;
  }

  /** Stops listening, so that connections are refused. */
  void goesAway() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  void comesBack() {
    server = listen(port);
  }

  @Override
  public void close() {
    closed.countDown();
    goesAway();
    threads.shutdown();
  }

  private HttpServer listen(int onPort) {
    try {
      HttpServer listening =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort), BACKLOG);
      listening.setExecutor(threads);
      listening.createContext("/", this::serve);
      listening.start();
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(HttpExchange http) throws IOException {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    http.getRequestHeaders()
        .forEach((header, values) -> headers.put(header, String.join(", ", values)));
    Call call =
        new Call(
            name,
            http.getRequestMethod(),
            http.getRequestURI().toString(),
            headers,
            new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    calls.add(call);
    Reply reply = behaviour.apply(call);
    if (reply == null) {
      await();
      http.close();
      return;
    }
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    http.getResponseHeaders().set("Content-Type", reply.contentType());
    http.getResponseHeaders().set("Set-Cookie", "session=of-" + name);
    http.getResponseHeaders().set("X-Instance", name);
    http.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    http.getResponseBody().write(body);
    http.close();
  }

  private void await() {
    try {
      if (!closed.await(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException(name + " was never closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
