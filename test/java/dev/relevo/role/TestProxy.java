package dev.relevo.role;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A way to a database that can be cut. */
final class TestProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;
  private volatile boolean silent;
  private volatile String loseReplyTo;

  TestProxy(int target) {
    this.target = target;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Everything passes. */
  void forward() {
    refusing = false;
    silent = false;
    loseReplyTo = null;
  }

  /** Cuts all connections and every new one. */
  void refuse() {
    refusing = true;
    open.forEach(TestProxy::close);
  }

  /** Nothing comes back any more, on whatever connection. */
  void fallSilent() {
    silent = true;
  }

  /**
   * Lets the next request with that text through, and cuts the connection when the server replies.
   */
  void loseReplyTo(String text) {
    loseReplyTo = text.toUpperCase(Locale.ROOT);
  }

  /** Whether a reply was lost. */
  boolean hasLostReply() {
    return loseReplyTo == null;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        if (refusing) {
          close(client);
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        open.add(server);
        Pair pair = new Pair(client, server);
        threads.execute(() -> pair.pump(client, server, true));
        threads.execute(() -> pair.pump(server, client, false));
      } catch (IOException e) {
        // Closed, or the server is not there.
      }
    }
  }

  private final class Pair {
    private final Socket client;
    private final Socket server;
    private volatile boolean losing;

    private Pair(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    private void pump(Socket from, Socket to, boolean requests) {
      byte[] buffer = new byte[65_536];
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          String lost = loseReplyTo;
          if (requests
              && lost != null
              && new String(buffer, 0, n, StandardCharsets.ISO_8859_1)
                  .toUpperCase(Locale.ROOT)
                  .contains(lost)) {
            losing = true;
          }
          if (!requests && losing) {
            loseReplyTo = null;
            return;
          }
          if (!silent || requests) {
            out.write(buffer, 0, n);
          }
        }
      } catch (IOException e) {
        // Cut.
      } finally {
        TestProxy.close(client);
        TestProxy.close(server);
        open.remove(client);
        open.remove(server);
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(TestProxy::close);
    threads.shutdownNow();
  }
}
