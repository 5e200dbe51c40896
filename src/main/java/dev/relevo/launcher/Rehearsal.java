package dev.relevo.launcher;

import dev.relevo.role.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;

/**
 * Starts every role on a database once, while that is away, and ends: what the container image's
 * build runs to record the classes that a start needs, so that each container loads them ready-made
 * (JEP 483, JEP 514).
 */
final class Rehearsal {
  private static final Map<Role, String> DATABASES =
      Map.of(
          Role.MIDDLEWARE, "jdbc:postgresql://127.0.0.1:1/none",
          Role.INVENTORY, "jdbc:mariadb://127.0.0.1:1/none",
          Role.ORDERS, "jdbc:postgresql://127.0.0.1:1/none",
          Role.REPORTS, "jdbc:mysql://127.0.0.1:1/none");

  private Rehearsal() {}

  public static void main(String[] args) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    for (Map.Entry<Role, String> each : DATABASES.entrySet()) {
      Role role = each.getKey();
      Map<String, Object> settings = new HashMap<>();
      settings.put("server.port", 0);
      settings.put("relevo.service-token", "none");
      settings.put("logging.level.root", "error");
      settings.put("spring.datasource.url", each.getValue());
      settings.put("spring.datasource.username", "none");
      settings.put("spring.flyway.url", each.getValue());
      settings.put("spring.flyway.user", "none");
      try (Instance instance = new Instance(role.id(), role, settings)) {
        instance.open();
        for (String path : new String[] {"/health", "/openapi.yaml", "/observe/health/ready"}) {
          URI uri = URI.create(instance.url() + path);
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
      }
    }
    System.exit(0);
  }
}
