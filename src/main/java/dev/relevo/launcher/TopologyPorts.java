package dev.relevo.launcher;

import dev.relevo.launcher.engine.Ports;
import dev.relevo.launcher.engine.StartupFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The ports of the embedded topology's instances on 127.0.0.1; 0 means any free port. */
record TopologyPorts(Map<String, Integer> byInstance) {
  private static final Map<String, Integer> DEFAULTS =
      Map.of(
          "middleware", 8000,
          "inventory-a", 8001,
          "inventory-b", 8011,
          "orders-a", 8002,
          "orders-b", 8012,
          "reports-a", 8003,
          "reports-b", 8013);

  static final TopologyPorts FREE = from(property -> "0");

  TopologyPorts {
    byInstance = Map.copyOf(byInstance);
  }

  /**
   * @param property gives the value of a property such as {@code relevo.inventory-a.port}, null
   *     where it is not set
   * @throws StartupFailure if a value is no port number
   */
  static TopologyPorts from(Function<String, String> property) {
    Map<String, Integer> ports = new TreeMap<>();
    DEFAULTS.forEach(
        (instance, otherwise) -> {
          String value = property.apply(name(instance));
          ports.put(instance, value == null ? otherwise : Ports.parse(name(instance), value));
        });
    return new TopologyPorts(ports);
  }

  int of(String instance) {
    return byInstance.get(instance);
  }

  /**
   * @throws StartupFailure if one of them is taken
   */
  void requireFree() {
    byInstance.forEach(
        (instance, port) -> {
          try (ServerSocket socket = new ServerSocket()) {
            // As the web server binds it: a port whose connections are just closing is free.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
          } catch (IOException e) {
            throw new StartupFailure(
                "Port "
                    + port
                    + " of "
                    + instance
                    + " is taken by another program: stop that, or choose another port with --"
                    + name(instance)
                    + "=<port>.",
                e);
          }
        });
  }

  private static String name(String instance) {
    return "relevo." + instance + ".port";
  }
}
