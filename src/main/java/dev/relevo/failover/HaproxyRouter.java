package dev.relevo.failover;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * HAProxy by its Runtime API (management guide, chapter 9.3), on a Unix socket, one connection a
 * command. The servers are named {@code a} and {@code b}.
 *
 * <p>HAProxy is restarted, never reloaded, and its configuration has both servers {@code disabled}:
 * so one that doesn't run routes nothing, and neither does one that has just started.
 */
public final class HaproxyRouter implements Router {
  private static final int LONGEST_ANSWER = 1 << 20;

  /** In milliseconds; a little longer than {@code timeout connect} in {@code haproxy/*.cfg}. */
  private static final int CONNECTING = 400;

  private final Path socket;
  private final String backend;
  private final Duration patience;

  /**
   * @param socket the Runtime API's socket, of level admin
   * @param backend the backend that has the two servers
   * @param patience the longest that a command takes until it has failed
   */
  public HaproxyRouter(Path socket, String backend, Duration patience) {
    this.socket = socket;
    this.backend = backend;
    this.patience = patience;
  }

  @Override
  public State state() {
    String answer;
    try {
      answer = ask("show stat " + backend + " 4 -1");
    } catch (ConnectException e) {
      return new State.Silent("nobody listens on " + socket, true);
    } catch (IOException e) {
      return new State.Silent(e.getMessage(), !Files.exists(socket));
    }
    Map<NodeId, Server> servers = new EnumMap<>(NodeId.class);
    List<String> lines = answer.lines().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty() || !lines.get(0).startsWith("# ")) {
      return new State.Silent("not understood: " + answer.strip(), false);
    }
    List<String> names = Arrays.asList(lines.get(0).substring(2).split(",", -1));
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split(",", -1);
      for (NodeId node : NodeId.values()) {
        if (values[names.indexOf("svname")].equals(node.id())) {
          servers.put(node, server(names, values));
        }
      }
    }
    return servers.size() == NodeId.values().length
        ? new State.Up(servers)
        : new State.Silent("backend " + backend + " has no servers a and b", false);
  }

  private static Server server(List<String> names, String[] values) {
    int sessions =
        Integer.parseInt(values[names.indexOf("scur")])
            + Integer.parseInt(values[names.indexOf("qcur")]);
    return new Server(!values[names.indexOf("status")].startsWith("MAINT"), sessions);
  }

  @Override
  public void route(NodeId node) {
    tell("set server %s state ready".formatted(name(node)));
  }

  /**
   * A session that is shut down while it is still being connected to its server never ends (HAProxy
   * 3.0.11): its client would wait in vain, and it would count towards {@code maxconn} forever. So
   * these are given the time to be connected or to have failed.
   */
  @Override
  public void fence(NodeId node) {
    tell("set server %s state maint".formatted(name(node)));
    try {
      Thread.sleep(CONNECTING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ActFailedException("interrupted while it fenced " + node.id(), e);
    }
    tell("shutdown sessions server %s".formatted(name(node)));
  }

  private String name(NodeId node) {
    return backend + "/" + node.id();
  }

  /** A command that says nothing when it has worked. */
  private void tell(String command) {
    String answer;
    try {
      answer = ask(command).strip();
    } catch (IOException e) {
      throw new ActFailedException(command + ": " + e.getMessage(), e);
    }
    if (!answer.isEmpty()) {
      throw new ActFailedException(command + ": " + answer, null);
    }
  }

  private String ask(String command) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    try (Selector selector = Selector.open();
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.configureBlocking(false);
      ByteBuffer request = ByteBuffer.wrap((command + "\n").getBytes(US_ASCII));
      SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
      while (request.hasRemaining()) {
        await(selector, deadline);
        channel.write(request);
      }
      key.interestOps(SelectionKey.OP_READ);
      return read(channel, selector, deadline);
    } catch (SocketException e) {
      throw Files.exists(socket) ? e : new ConnectException(e.getMessage());
    }
  }

  /** HAProxy closes the connection after its answer. */
  private static String read(SocketChannel channel, Selector selector, long deadline)
      throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
    while (true) {
      await(selector, deadline);
      int n = channel.read(buffer);
      if (n < 0) {
        return answer.toString(US_ASCII);
      }
      answer.write(buffer.array(), 0, buffer.position());
      buffer.clear();
      if (answer.size() > LONGEST_ANSWER) {
        throw new IOException("the answer has no end");
      }
    }
  }

  private static void await(Selector selector, long deadline) throws IOException {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0 || selector.select(millis) == 0) {
      throw new IOException("no answer in time");
    }
    selector.selectedKeys().clear();
  }
}
