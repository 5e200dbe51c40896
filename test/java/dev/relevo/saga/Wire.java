package dev.relevo.saga;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A wire to a server that a test can cut or freeze, at once, or after the server has carried out a
 * statement and before its answer is back.
 */
final class Wire implements AutoCloseable {
  private final ServerSocket entrance;
  private final int serverPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicReference<List<String>> trap = new AtomicReference<>(List.of());
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean cut;

  Wire(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  int port() {
    return entrance.getLocalPort();
  }

  /** Ends every connection and lets no new one through. */
  void cut() {
    cut = true;
    sockets.forEach(Wire::end);
  }

  void mend() {
    cut = false;
  }

  /** Holds back whatever is sent either way, without ending a connection. */
  void freeze() {
    gate = new CountDownLatch(1);
  }

  void thaw() {
    gate.countDown();
  }

  /**
   * Cuts the next connection that sends the last of these texts, after the others have been sent in
   * their order, once the server has answered; the answer never arrives.
   */
  void cutAnswerTo(String... texts) {
    trap.set(List.of(texts));
  }

  /** Whether {@link #cutAnswerTo} has not cut a connection yet. */
  boolean isArmed() {
    return !trap.get().isEmpty();
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        connect(entrance.accept());
      } catch (IOException e) {
        // The wire is closed, or the server is away: the client meets a connection that ends.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    sockets.add(client);
    if (cut) {
      end(client);
      return;
    }
    Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
    sockets.add(server);
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    AtomicBoolean trapped = new AtomicBoolean();
    run(() -> pump(client, server, text -> spring(text, trapped)));
    run(() -> pump(server, client, text -> !trapped.get()));
  }

  private boolean spring(String text, AtomicBoolean trapped) {
    List<String> awaited = trap.get();
    if (!awaited.isEmpty()
        && text.contains(awaited.get(0))
        && trap.compareAndSet(awaited, awaited.subList(1, awaited.size()))) {
      trapped.set(awaited.size() == 1);
    }
    return true;
  }

  private interface Customs {
    boolean letsPass(String text);
  }

  private void pump(Socket from, Socket to, Customs customs) {
    byte[] buffer = new byte[65_536];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length;
      while ((length = in.read(buffer)) >= 0) {
        gate.await();
        if (!customs.letsPass(new String(buffer, 0, length, ISO_8859_1))) {
          break;
        }
        out.write(buffer, 0, length);
        out.flush();
      }
    } catch (IOException | InterruptedException e) {
      // One end is gone, so the other one goes too.
    } finally {
      end(from);
      end(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone.
    }
  }

  private static void run(Runnable work) {
    Thread thread = new Thread(work, "wire");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    cut();
    thaw();
  }
}
