package dev.relevo.launcher.engine;

import java.util.function.Function;

/**
 * The TCP ports of the three servers on 127.0.0.1; 0 means any free port.
 *
 * @param mariadb property {@code relevo.mariadb.port}, default 13306
 * @param postgres property {@code relevo.postgres.port}, default 15432
 * @param mysql property {@code relevo.mysql.port}, default 13307
 */
public record Ports(int mariadb, int postgres, int mysql) {

  /** The ports used when nothing else is configured. */
  public static final Ports DEFAULT = new Ports(13306, 15432, 13307);

  /** Any three free ports. */
  public static final Ports FREE = new Ports(0, 0, 0);

  /**
   * Reads the three properties.
   *
   * @param property gives a property's value, or null where it is not set
   * @throws StartupFailure if a value is no port number
   */
  public static Ports from(Function<String, String> property) {
    return new Ports(
        port(property, "mariadb", DEFAULT.mariadb),
        port(property, "postgres", DEFAULT.postgres),
        port(property, "mysql", DEFAULT.mysql));
  }

  static String propertyName(String engine) {
    return "relevo." + engine + ".port";
  }

  private static int port(Function<String, String> property, String engine, int otherwise) {
    String name = propertyName(engine);
    String value = property.apply(name);
    if (value == null || value.isBlank()) {
      return otherwise;
    }
    return parse(name, value);
  }

  /**
   * The port that a property names.
   *
   * @throws StartupFailure if its value is no port number
   */
  public static int parse(String name, String value) {
    try {
      int port = Integer.parseInt(value.strip());
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // The sentence below says all there is to say.
    }
    throw new StartupFailure(
        "The property %s is \"%s\": set it to a port number from 1 to 65535, or to 0 for any free port."
            .formatted(name, value));
  }
}
