package dev.relevo.load;

import com.sun.net.httpserver.HttpServer;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Takes spans and throws them away, saying so in a line each time. Argument: the port. */
public final class TraceSink {
  private TraceSink() {}

  public static void main(String[] args) throws Exception {
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 50);
    server.createContext(
        "/v1/traces",
        http -> {
          try (http) {
            long bytes = http.getRequestBody().transferTo(OutputStream.nullOutputStream());
            System.out.println("took " + bytes);
            http.sendResponseHeaders(200, -1);
          }
        });
    server.start();
    System.out.println("ready");
  }
}
