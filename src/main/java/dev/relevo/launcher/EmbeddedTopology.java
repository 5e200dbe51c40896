package dev.relevo.launcher;

import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.Engines;
import dev.relevo.role.Role;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Every role but the watchdog in this JVM, each application twice, on real engines: the topology
 * that needs nothing but a JDK.
 */
public final class EmbeddedTopology implements AutoCloseable {
  private final Engines engines;
  private final TopologyPorts ports;
  private final Map<String, ?> settings;
  private final Consumer<String> say;
  private final String[] args;
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private boolean closed;

  /**
   * @param engines the engines, which this topology starts and closes
   * @param settings settings of every role, such as {@code relevo.operator-token}
   * @param say gets a short sentence for each thing that takes time
   * @param args {@code --key=value} settings of every role
   */
  EmbeddedTopology(
      Engines engines,
      TopologyPorts ports,
      Map<String, ?> settings,
      Consumer<String> say,
      String... args) {
    this.engines = engines;
    this.ports = ports;
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent("relevo.service-token", newToken());
    this.settings = all;
    this.say = say;
    this.args = args.clone();
  }

  /**
   * Starts the engines and, as each becomes ready, the roles on it; returns when orders can be
   * placed.
   *
   * <p>The contexts start one after the other: Spring's and Camel's start-up share static state in
   * one JVM.
   */
  void start() {
    ports.requireFree();
    CompletableFuture<Void> ready = engines.start();
    startPair(Role.ORDERS, engines::orders);
    startPair(Role.INVENTORY, engines::inventory);
    startPair(Role.REPORTS, engines::reports);
    Map<String, Object> own = database(engines.saga());
    for (String participant : List.of("inventory", "orders", "reports")) {
      for (String instance : List.of("a", "b")) {
        own.put(participant + ".url." + instance, instance(participant + "-" + instance).url());
      }
    }
    start("middleware", Role.MIDDLEWARE, own);
    try {
      ready.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void startPair(Role role, Supplier<DatabaseAccess> database) {
    Map<String, Object> own = database(database.get());
    start(role.id() + "-a", role, own);
    start(role.id() + "-b", role, own);
  }

  private void start(String name, Role role, Map<String, Object> own) {
    own.putAll(settings);
    own.put("server.port", ports.of(name));
    Instance instance = new Instance(name, role, own, args);
    synchronized (instances) {
      if (closed) {
        throw new IllegalStateException("The topology is being stopped");
      }
      instances.put(name, instance);
    }
    long start = System.nanoTime();
    instance.start();
    say.accept(
        "%s: ready on %s after %.1f s"
            .formatted(name, instance.url(), (System.nanoTime() - start) / 1e9));
  }

  /**
   * The instance of that name: {@code middleware}, {@code inventory-a}, {@code inventory-b} and so
   * on.
   */
  public Instance instance(String name) {
    synchronized (instances) {
      return instances.get(name);
    }
  }

  /**
   * Stops the middleware, then the applications, then the engines; each finishes what it is doing.
   */
  @Override
  public void close() {
    List<Instance> running;
    synchronized (instances) {
      closed = true;
      running = new ArrayList<>(instances.values());
    }
    for (int i = running.size() - 1; i >= 0; i--) {
      running.get(i).close();
    }
    engines.close();
  }

  static String newToken() {
    byte[] token = new byte[24];
    new SecureRandom().nextBytes(token);
    return HexFormat.of().formatHex(token);
  }

  static Map<String, Object> database(DatabaseAccess access) {
    Map<String, Object> own = new HashMap<>();
    own.put("spring.datasource.url", access.jdbcUrl());
    own.put("spring.datasource.username", access.appUser());
    own.put("spring.datasource.password", access.appPassword());
    own.put("spring.flyway.url", access.jdbcUrl());
    own.put("spring.flyway.user", access.migratorUser());
    own.put("spring.flyway.password", access.migratorPassword());
    return own;
  }
}
