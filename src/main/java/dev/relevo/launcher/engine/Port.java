package dev.relevo.launcher.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** The TCP port of one server: a given one, or a free one that is chosen once. */
final class Port {
  // Below the range from which the system takes ports of outgoing connections, so that none of
  // them can take the port between its choice and the server's start.
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 30_000;
  private static final Set<Integer> CHOSEN = ConcurrentHashMap.newKeySet();

  private final Product product;
  private volatile int number;

  Port(Product product, int number) {
    this.product = product;
    this.number = number;
  }

  int number() {
    if (number == 0) {
      throw new IllegalStateException(product.label() + " has no port before its first start");
    }
    return number;
  }

  /**
   * The port, found free a moment ago.
   *
   * @throws StartupFailure if it is taken
   */
  int claim() {
    if (number == 0) {
      number =
          ThreadLocalRandom.current()
              .ints(LOWEST, HIGHEST)
              .filter(candidate -> isFree(candidate) && CHOSEN.add(candidate))
              .findFirst()
              .orElseThrow();
    } else if (!isFree(number)) {
      throw taken();
    }
    return number;
  }

  StartupFailure taken() {
    return new StartupFailure(
        "Port %d on 127.0.0.1, which %s is to use, is taken: stop the program that listens there, or choose another port with the property %s."
            .formatted(number, product.label(), Ports.propertyName(product.key())));
  }

  private static boolean isFree(int number) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), number));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
