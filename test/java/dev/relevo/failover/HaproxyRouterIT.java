package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real HAProxy, the machine's own, with two real servers behind it. */
class HaproxyRouterIT {
  @TempDir Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ServerSocket a;
  private ServerSocket b;
  private int port;
  private Path socket;
  private Process haproxy;
  private HaproxyRouter router;

  @BeforeEach
  void start() throws Exception {
    requireProgram();
    a = echo('a');
    b = echo('b');
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    socket = folder.resolve("admin.sock");
    router = new HaproxyRouter(socket, "database", Duration.ofMillis(500));
    configure(b);
    run();
  }

  private void configure(ServerSocket serverB) throws IOException {
    Files.writeString(
        folder.resolve("haproxy.cfg"),
        """
        global
          stats socket %s mode 600 level admin
        defaults
          mode tcp
          timeout connect 250ms
          timeout client 1h
          timeout server 1h
          timeout client-fin 500ms
          timeout server-fin 500ms
          retries 0
        frontend clients
          bind 127.0.0.1:%d
          default_backend database
        backend database
          server a 127.0.0.1:%d disabled
          server b 127.0.0.1:%d disabled
        """
            .formatted(socket, port, a.getLocalPort(), serverB.getLocalPort()));
  }

  /** The program, and what comes before the arguments that are HAProxy's own. */
  List<String> command() throws IOException {
    return List.of("haproxy");
  }

  /** Sends it a signal, by its name. */
  void signal(String name) throws Exception {
    done("kill", "-" + name, Long.toString(haproxy.pid()));
  }

  static void done(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  void requireProgram() throws Exception {
    Assumptions.assumeTrue(
        installed(), "haproxy isn't installed (apt-get install haproxy), so nothing is tried here");
  }

  private boolean installed() throws Exception {
    try {
      List<String> version = new ArrayList<>(command());
      version.add("-v");
      return new ProcessBuilder(version)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private void run() throws IOException {
    List<String> command = new ArrayList<>(command());
    command.addAll(List.of("-db", "-f", folder.resolve("haproxy.cfg").toString()));
    haproxy =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("haproxy.log").toFile())
            .start();
    await().until(() -> router.state() instanceof Router.State.Up);
  }

  /** A server that says who it is and then answers every byte with itself. */
  private ServerSocket echo(char name) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(
        () -> {
          while (!server.isClosed()) {
            try {
              Socket client = server.accept();
              threads.execute(() -> serve(client, name));
            } catch (IOException e) {
              return;
            }
          }
        });
    return server;
  }

  private static void serve(Socket client, char name) {
    try (client) {
      client.getOutputStream().write(name);
      for (int c = client.getInputStream().read(); c >= 0; c = client.getInputStream().read()) {
        client.getOutputStream().write(c);
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  @AfterEach
  void stop() throws Exception {
    threads.shutdownNow();
    if (haproxy != null) {
      if (haproxy.isAlive()) {
        kill();
      }
      a.close();
      b.close();
    }
  }

  private void kill() throws Exception {
    signal("KILL");
    assertThat(haproxy.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  private Router.Server server(NodeId node) {
    return ((Router.State.Up) router.state()).servers().get(node);
  }

  private Socket client() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
    client.setSoTimeout(10_000);
    return client;
  }

  @Test
  void everyServerStartsFenced() throws IOException {
    assertThat(server(NodeId.A)).isEqualTo(new Router.Server(false, 0));
    assertThat(server(NodeId.B).fenced()).isTrue();
    try (Socket client = client()) {
      assertThat(client.getInputStream().read()).as("nobody serves").isEqualTo(-1);
    }
  }

  @Test
  void routesToTheNodeAndKillsItsSessions() throws Exception {
    router.route(NodeId.B);
    router.route(NodeId.B);
    assertThat(server(NodeId.B).ready()).isTrue();
    assertThat(server(NodeId.A).ready()).isFalse();
    try (Socket client = client()) {
      assertThat(client.getInputStream().read()).isEqualTo('b');
      assertThat(server(NodeId.B)).isEqualTo(new Router.Server(true, 1));

      router.fence(NodeId.B);

      assertThat(client.getInputStream().read()).as("the session is killed").isEqualTo(-1);
      await().until(() -> server(NodeId.B).fenced());
    }
    router.fence(NodeId.B);
    router.route(NodeId.A);
    try (Socket client = client()) {
      assertThat(client.getInputStream().read()).isEqualTo('a');
    }
  }

  /** HAProxy's own command passes over a session that its client has ended. */
  @Test
  void aFrozenServerHoldsNoSessionOfAClientThatIsGone() throws Exception {
    // The system takes connections for it, and it never does anything about them.
    try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      routeTo(frozen);
      try (Socket client = client()) {
        client.getOutputStream().write('x');
        await().until(() -> server(NodeId.B).sessions() == 1);
      }
      router.fence(NodeId.B);
      await().untilAsserted(() -> assertThat(server(NodeId.B).fenced()).isTrue());
      assertThat(frozen.isClosed()).isFalse();
    }
  }

  /** HAProxy 3.0.11's own command would make it wait for ever; 2.6.12's does not. */
  @Test
  void aClientThatIsBeingConnectedIsSentAway() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> waiting = fill(full);
      routeTo(full);
      try (Socket client = client()) {
        client.getOutputStream().write('x');
        await().until(() -> server(NodeId.B).sessions() == 1);

        router.fence(NodeId.B);

        assertThat(client.getInputStream().read()).as("the session is ended").isEqualTo(-1);
      }
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  /** Takes all places that the system has for those whom the server hasn't accepted. */
  private static List<Socket> fill(ServerSocket server) throws IOException {
    List<Socket> waiting = new ArrayList<>();
    while (true) {
      Socket next = new Socket();
      try {
        next.connect(server.getLocalSocketAddress(), 300);
        waiting.add(next);
      } catch (SocketTimeoutException e) {
        next.close();
        return waiting;
      }
    }
  }

  /** Starts HAProxy anew with that as server b, and lets clients through to it. */
  private void routeTo(ServerSocket server) throws Exception {
    kill();
    configure(server);
    run();
    router.route(NodeId.B);
  }

  @Test
  void aRestartedOneRoutesNothing() throws Exception {
    router.route(NodeId.A);
    kill();
    assertThat(router.state())
        .isInstanceOfSatisfying(
            Router.State.Silent.class, silent -> assertThat(silent.gone()).isTrue());
    assertThatThrownBy(() -> router.fence(NodeId.A)).isInstanceOf(ActFailedException.class);
    run();
    assertThat(server(NodeId.A)).isEqualTo(new Router.Server(false, 0));
  }

  @Test
  void aStoppedOneIsNotTakenForOneThatIsGone() throws Exception {
    router.route(NodeId.A);
    signal("STOP");
    assertThat(router.state())
        .isInstanceOfSatisfying(
            Router.State.Silent.class, silent -> assertThat(silent.gone()).isFalse());
    assertThatThrownBy(() -> router.fence(NodeId.A))
        .isInstanceOf(ActFailedException.class)
        .hasMessageContaining("no answer in time");
    signal("CONT");
    await().until(() -> router.state() instanceof Router.State.Up);
  }

  @Test
  void anotherBackendIsNotUnderstood() {
    HaproxyRouter other = new HaproxyRouter(socket, "nothing", Duration.ofMillis(500));
    assertThat(other.state())
        .isInstanceOfSatisfying(
            Router.State.Silent.class, silent -> assertThat(silent.gone()).isFalse());
    assertThatThrownBy(() -> other.route(NodeId.A)).isInstanceOf(ActFailedException.class);
  }
}
