package dev.relevo.failover.engine;

import dev.relevo.failover.Engine;
import dev.relevo.failover.EngineSettings;

/** The engines there is an adapter for. */
public final class EngineAdapters {
  private EngineAdapters() {}

  /**
   * The adapter of an engine.
   *
   * @param name {@code mariadb}, {@code postgresql} or {@code mysql}
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Engine open(String name, EngineSettings settings) {
    return switch (name) {
      case "mariadb" -> new MariaDbEngine(settings);
      case "postgresql" -> new PostgreSqlEngine(settings);
      case "mysql" -> new MySqlEngine(settings);
      default -> throw new IllegalArgumentException("There is no adapter for the engine " + name);
    };
  }
}
