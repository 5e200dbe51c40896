package dev.relevo.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.springframework.context.ConfigurableApplicationContext;

/** Talks to a {@link TestRole} as a client does, or byte by byte. */
final class RoleClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final int port;

  RoleClient(ConfigurableApplicationContext role) {
    this.port = role.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** A GET request to that path; the headers come as name, value, name, value. */
  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, HttpRequest.BodyPublishers.noBody(), headers);
  }

  /** A POST request with a JSON body. */
  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
    all[headers.length] = "Content-Type";
    all[headers.length + 1] = "application/json";
    return send("POST", path, HttpRequest.BodyPublishers.ofString(body), all);
  }

  HttpResponse<String> send(
      String method, String path, HttpRequest.BodyPublisher body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /**
   * What comes back for these bytes until the server closes or one answer with a Content-Length is
   * complete.
   */
  String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      StringBuilder answer = new StringBuilder();
      byte[] buffer = new byte[4096];
      while (!isComplete(answer)) {
        int n = in.read(buffer);
        if (n < 0) {
          break;
        }
        answer.append(new String(buffer, 0, n, ISO_8859_1));
      }
      return answer.toString();
    }
  }

  private static boolean isComplete(StringBuilder answer) {
    int end = answer.indexOf("\r\n\r\n");
    int at = answer.indexOf("Content-Length: ");
    if (end < 0 || at < 0 || at > end) {
      return false;
    }
    int length = Integer.parseInt(answer.substring(at + 16, answer.indexOf("\r\n", at)));
    return answer.length() - end - 4 >= length;
  }

  static JsonNode json(String body) throws IOException {
    return JSON.readTree(body);
  }
}
