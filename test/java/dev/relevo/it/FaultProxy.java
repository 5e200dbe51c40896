package dev.relevo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * Stands between the middleware and one instance of an application, and lets the network and the
 * instance fail on demand. It passes on one request and its answer at a time per connection.
 */
final class FaultProxy implements AutoCloseable {
  private static final String PROBLEM =
      "HTTP/1.1 %1$d Injected\r\n"
          + "Content-Type: application/problem+json\r\n"
          + "Content-Length: %2$d\r\n\r\n"
          + "%3$s";

  /** What happens to a request. */
  enum Fault {
    /** It arrives, takes effect and is answered, but the answer never comes. */
    SWALLOW_ANSWER,
    /** As if the instance was killed between its commit and its answer. */
    CUT_BEFORE_ANSWER,
    /** The connection is reset after half of the answer. */
    RESET_IN_ANSWER,
    /** It takes effect, but the answer is a 500. */
    FAIL_AFTER,
    /** It doesn't arrive; the answer is a 500. */
    FAIL_INSTEAD,
    /** It doesn't arrive; the answer is a 409, so a business no. */
    REFUSE_INSTEAD,
    /** It takes effect, but the answer is a 503, as if the commit's outcome was unknown. */
    BE_AWAY_AFTER,
    /** It arrives only when {@link #release} is called. */
    HOLD
  }

  private record Rule(Fault fault, Predicate<HttpMessage> which, CountDownLatch released) {}

  private volatile IntSupplier target;
  private volatile Runnable onStrike = () -> {};
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger struck = new AtomicInteger();
  private final AtomicInteger delivered = new AtomicInteger();
  private volatile Rule rule;

  /**
   * @param target gives the port of the instance, asked for at each connection
   */
  FaultProxy(IntSupplier target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    inThread(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** Leads new connections to another instance, and ends those that there are. */
  void leadTo(IntSupplier other) {
    target = other;
    open.forEach(FaultProxy::closeQuietly);
  }

  /** Has something done when an answer has come that a fault is about to keep or spoil. */
  void onStrike(Runnable work) {
    onStrike = work;
  }

  /** From now on the fault strikes every request. */
  void inject(Fault fault) {
    inject(fault, "");
  }

  /** From now on the fault strikes every request with that text in its first line or headers. */
  void inject(Fault fault, String text) {
    inject(fault, request -> request.head().contains(text));
  }

  /** From now on the fault strikes those requests. */
  void inject(Fault fault, Predicate<HttpMessage> which) {
    struck.set(0);
    delivered.set(0);
    rule = new Rule(fault, which, new CountDownLatch(1));
  }

  /** How many requests the fault has struck since it was injected. */
  int struck() {
    return struck.get();
  }

  /** How many requests that were held have been answered by the instance since then. */
  int delivered() {
    return delivered.get();
  }

  /** Lets go of the requests that are held; no fault strikes any more. */
  void release() {
    Rule former = rule;
    rule = null;
    if (former != null) {
      former.released().countDown();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        inThread(() -> serve(client));
      } catch (IOException e) {
        // Closed, or the client went away while it was being accepted.
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket instance = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt())) {
      open.add(instance);
      client.setTcpNoDelay(true);
      instance.setTcpNoDelay(true);
      HttpMessage request = HttpMessage.readRequest(client.getInputStream());
      while (request != null && pass(request, client, instance)) {
        request = HttpMessage.readRequest(client.getInputStream());
      }
      open.remove(instance);
    } catch (IOException | InterruptedException | IllegalStateException e) {
      // Either side has gone, or doesn't run; closing both is all that is left to do.
    } finally {
      open.remove(client);
    }
  }

  /** False if the connection is over. */
  private boolean pass(HttpMessage request, Socket client, Socket instance)
      throws IOException, InterruptedException {
    Rule now = rule;
    Fault fault = now == null || !now.which().test(request) ? null : now.fault();
    if (fault == Fault.FAIL_INSTEAD || fault == Fault.REFUSE_INSTEAD) {
      struck.incrementAndGet();
      answer(client, fault == Fault.FAIL_INSTEAD ? 500 : 409);
      return true;
    }
    if (fault == Fault.HOLD) {
      struck.incrementAndGet();
      now.released().await();
    }
    instance.getOutputStream().write(request.bytes());
    HttpMessage answer = HttpMessage.readAnswer(instance.getInputStream());
    if (answer == null) {
      return false;
    }
    if (fault == Fault.HOLD) {
      delivered.incrementAndGet();
    } else if (fault != null) {
      struck.incrementAndGet();
      onStrike.run();
    }
    return deliver(answer, fault, client);
  }

  private static boolean deliver(HttpMessage answer, Fault fault, Socket client)
      throws IOException {
    byte[] bytes = answer.bytes();
    if (fault == Fault.SWALLOW_ANSWER) {
      // Waits until the client gives up.
      client.getInputStream().read();
      return false;
    }
    if (fault == Fault.CUT_BEFORE_ANSWER) {
      return false;
    }
    if (fault == Fault.RESET_IN_ANSWER) {
      client.getOutputStream().write(bytes, 0, bytes.length / 2);
      reset(client);
      return false;
    }
    if (fault == Fault.FAIL_AFTER || fault == Fault.BE_AWAY_AFTER) {
      answer(client, fault == Fault.FAIL_AFTER ? 500 : 503);
      return true;
    }
    client.getOutputStream().write(bytes);
    return true;
  }

  private static void answer(Socket client, int status) throws IOException {
    String body =
        "{\"type\":\"urn:relevo:problem:%s\",\"title\":\"Injected\",\"status\":%d}"
            .formatted(
                switch (status) {
                  case 409 -> "conflict";
                  case 503 -> "unavailable";
                  default -> "internal-error";
                },
                status);
    client
        .getOutputStream()
        .write(PROBLEM.formatted(status, body.length(), body).getBytes(StandardCharsets.US_ASCII));
  }

  private static void reset(Socket client) throws SocketException {
    client.setSoLinger(true, 0);
  }

  private static void inThread(Runnable work) {
    Thread thread = new Thread(work, "fault-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    release();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(FaultProxy::closeQuietly);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Then it is closed already.
    }
  }
}
