package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The edge as compose/nginx has it, in a process of this machine. What is changed in the files is
 * where things are: the names of the parts behind, its own ports and folders; and it waits for an
 * answer for {@link #READ_TIMEOUT} seconds instead of 25.
 */
final class Nginx implements AutoCloseable {
  static final int READ_TIMEOUT = 3;

  private static final Path SOURCES = Path.of("compose/nginx");
  private static final JsonMapper JSON = new JsonMapper();

  private final Path folder;
  private final int port = freePort();
  private final int tlsPort = freePort();
  private final Process process;

  /**
   * Starts it with TLS, as compose.tls.yaml does.
   *
   * @param behind the ports of the parts behind it on this machine, by their names and ports in
   *     containers, such as {@code middleware-a:8000}
   */
  Nginx(Path folder, Map<String, Integer> behind) {
    this.folder = folder;
    try {
      copy(behind);
      makeCertificate();
      Process check = command("-t").start();
      String said = new String(check.getInputStream().readAllBytes());
      assertThat(check.waitFor()).as(said).isZero();
      assertThat(said).doesNotContain("[warn]", "[emerg]").contains("test is successful");
      process = command().redirectOutput(folder.resolve("error.log").toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    await("nginx listens").atMost(Shop.PATIENCE).until(this::listens);
  }

  static boolean isInstalled() {
    return version() != null;
  }

  /** Such as 1.26.3; null if there is none. */
  private static String version() {
    try {
      Process nginx = new ProcessBuilder("nginx", "-v").redirectErrorStream(true).start();
      Matcher version =
          Pattern.compile("nginx/([0-9.]+)")
              .matcher(new String(nginx.getInputStream().readAllBytes()));
      return version.find() ? version.group(1) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private void copy(Map<String, Integer> behind) throws IOException {
    Map<String, String> places = new LinkedHashMap<>();
    places.put("/tmp/", folder + "/");
    places.put("/etc/nginx/", folder + "/");
    places.put("/run/secrets/", folder + "/");
    places.put("/dev/stdout", folder + "/access.log");
    places.put("listen 8080;", "listen 127.0.0.1:" + port + ";");
    places.put("listen 8443 ssl;", "listen 127.0.0.1:" + tlsPort + " ssl;");
    places.put("127.0.0.1:8081", "127.0.0.1:" + freePort());
    places.put("listen 8090;", "listen 127.0.0.1:" + freePort() + ";");
    for (String engine : List.of("mariadb", "postgresql", "mysql")) {
      // Behind the operators' port, which EdgeTraceIT tries.
      places.put("watchdog-" + engine + ":8021", "127.0.0.1:" + freePort());
    }
    places.put("proxy_read_timeout 25s", "proxy_read_timeout " + READ_TIMEOUT + "s");
    behind.forEach((name, port) -> places.put(name, "127.0.0.1:" + port));
    if (isOld()) {
      // The image's has it; Debian 12's, 1.22, says it in another place.
      places.put("http2 on;", "");
    }
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".conf")).toList()) {
        String text = Files.readString(file);
        for (Map.Entry<String, String> place : places.entrySet()) {
          text = text.replace(place.getKey(), place.getValue());
        }
        boolean tls = file.endsWith("tls.conf");
        Path copy = folder.resolve(tls ? Path.of("listen.d/tls.conf") : SOURCES.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, text);
      }
    }
    assertThat(Files.readString(folder.resolve("nginx.conf")))
        .as("what has not been given a place")
        .doesNotContain(":8000", ":8001", ":8002", ":8003", "/dev/stdout", "/etc/nginx");
  }

  private static boolean isOld() {
    String[] version = version().split("\\.");
    return Integer.parseInt(version[0]) == 1 && Integer.parseInt(version[1]) < 25;
  }

  private void makeCertificate() throws IOException, InterruptedException {
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout",
                folder.resolve("tls_key").toString(),
                "-out",
                certificate().toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(openssl.getInputStream().readAllBytes());
    assertThat(openssl.waitFor()).as(said).isZero();
  }

  Path certificate() {
    return folder.resolve("tls_certificate");
  }

  private ProcessBuilder command(String... more) {
    List<String> command = new ArrayList<>(List.of("nginx", "-e", "/dev/stderr"));
    command.addAll(List.of("-c", folder.resolve("nginx.conf").toString()));
    String user = System.getProperty("user.name").equals("root") ? " user root;" : "";
    command.addAll(List.of("-g", "daemon off;" + user));
    command.addAll(List.of(more));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  private boolean listens() {
    assertThat(process.isAlive()).as("nginx runs").isTrue();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  String tlsUrl() {
    return "https://127.0.0.1:" + tlsPort;
  }

  /** The access log's line about a request with that in its URI; it comes after the answer. */
  JsonNode logged(String uri) {
    Path log = folder.resolve("access.log");
    String[] found = new String[1];
    await("a line about " + uri)
        .atMost(Shop.PATIENCE)
        .until(
            () -> {
              found[0] =
                  Files.readAllLines(log).stream()
                      .filter(line -> line.contains(uri))
                      .findFirst()
                      .orElse(null);
              return found[0] != null;
            });
    try {
      return JSON.readTree(found[0]);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + found[0], e);
    }
  }

  static int freePort() {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
