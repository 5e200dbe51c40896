package dev.relevo.role;

import dev.relevo.http.Bearer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.core.env.PropertyResolver;

/**
 * What is open to everybody, or can be guessed, in a role that others than this machine reach. What
 * is right for a demo on one's own machine is not for more.
 */
final class Exposure {
  /** A random one of letters and digits has 95 bits. */
  private static final int SHORTEST = 16;

  private static final List<String> TOKENS =
      List.of(
          "relevo.service-token",
          "relevo.operator-token",
          "relevo.metrics-token",
          "relevo.http.trusted-token",
          "relevo.watchdog.node-token");

  /** Passwords, and whose. */
  private static final Map<String, String> PASSWORDS =
      Map.of(
          "spring.datasource.password", "spring.datasource.username",
          "spring.flyway.password", "spring.flyway.user",
          "relevo.watchdog.password", "relevo.watchdog.user",
          "relevo.watchdog.replication-password", "relevo.watchdog.replication-user");

  private final PropertyResolver settings;
  private final List<String> warnings = new ArrayList<>();

  private Exposure(PropertyResolver settings) {
    this.settings = settings;
  }

  /** A sentence for each thing, which says what to do; none if only this machine reaches it. */
  static List<String> of(Role role, PropertyResolver settings) {
    if (isLocal(settings.getProperty("server.address", ""))) {
      return List.of();
    }
    Exposure exposure = new Exposure(settings);
    exposure.look(role);
    return exposure.warnings;
  }

  private void look(Role role) {
    String port = settings.getProperty("server.port", "8080");
    switch (role) {
      case MIDDLEWARE -> {
        if (isEmpty("relevo.api-keys")) {
          warnings.add(
              "OPEN TO EVERYBODY: whoever reaches port %s may place and read orders. Set relevo.api-keys, see docs/credentials.md"
                  .formatted(port));
        }
      }
      case INVENTORY, ORDERS, REPORTS -> {
        if (!settings.getProperty("relevo.http.guard-writes", Boolean.class, false)) {
          warnings.add(
              "OPEN TO EVERYBODY: whoever reaches port %s may write. Set relevo.http.guard-writes=true, see docs/credentials.md"
                  .formatted(port));
        }
      }
      case WATCHDOG -> {
        // Whoever has no token gets nothing from it that could do harm.
      }
    }
    for (String name : TOKENS) {
      for (String token : Bearer.words(settings.getProperty(name))) {
        if (token.length() < SHORTEST) {
          guessable(name, token);
        }
      }
    }
    PASSWORDS.forEach(
        (name, user) -> {
          String password = settings.getProperty(name, "").strip();
          if (!isEmpty(user)
              && (password.length() < SHORTEST || password.equals(settings.getProperty(user)))) {
            guessable(name, password);
          }
        });
  }

  private void guessable(String name, String value) {
    warnings.add(
        "CAN BE GUESSED: %s has %d characters. Make another one: openssl rand -hex 32, see docs/credentials.md"
            .formatted(name, value.length()));
  }

  private boolean isEmpty(String name) {
    return settings.getProperty(name, "").isBlank();
  }

  /** No address stands for all of them. */
  private static boolean isLocal(String address) {
    try {
      return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
