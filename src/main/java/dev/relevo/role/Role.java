package dev.relevo.role;

import dev.relevo.role.middleware.MiddlewareConfiguration;
import dev.relevo.role.watchdog.WatchdogConfiguration;
import java.util.Locale;
import java.util.Optional;

/** A part that the jar can play: a folder of routes and settings, and the beans that they name. */
public enum Role {
  /** Runs the order saga; answers {@code /orders} and {@code /sagas}. */
  MIDDLEWARE("routes", MiddlewareConfiguration.class),
  /** Keeps products and their stock in MariaDB. */
  INVENTORY("apps/inventory", ParticipantConfiguration.class),
  /** Keeps orders in PostgreSQL. */
  ORDERS("apps/orders", ParticipantConfiguration.class),
  /** Keeps one report per order in MySQL. */
  REPORTS("apps/reports", ParticipantConfiguration.class),
  /** Keeps one pair of database servers serving without losing an acknowledged write. */
  WATCHDOG("watchdogs", WatchdogConfiguration.class);

  private final String folder;
  private final Class<?> configuration;

  Role(String folder, Class<?> configuration) {
    this.folder = folder;
    this.configuration = configuration;
  }

  /**
   * The class path folder of the role's routes, settings, contract and SQL; no slash at its end.
   */
  public String folder() {
    return folder;
  }

  /** The name used on the command line and in logs. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of that name, empty if there is none. */
  public static Optional<Role> of(String id) {
    for (Role role : values()) {
      if (role.id().equals(id)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  Class<?> configuration() {
    return configuration;
  }
}
