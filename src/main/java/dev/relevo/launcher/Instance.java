package dev.relevo.launcher;

import dev.relevo.role.Role;
import dev.relevo.role.RoleApplication;
import dev.relevo.role.SchemaMigration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** One running instance of a role, which can be stopped and started again on its port. */
public final class Instance implements AutoCloseable {
  private final String name;
  private final Role role;
  private final Map<String, Object> settings;
  private final String[] args;
  private ConfigurableApplicationContext context;

  /**
   * @param name the instance's name, such as {@code inventory-a}
   * @param settings what the topology decides for it; {@code server.port} 0 takes any free port
   */
  Instance(String name, Role role, Map<String, ?> settings, String... args) {
    this.name = name;
    this.role = role;
    this.settings = new TreeMap<>(settings);
    this.settings.put("camel.main.name", name);
    this.settings.put("spring.application.name", name);
    this.args = args.clone();
  }

  /** The instance's name, such as {@code inventory-a}. */
  public String name() {
    return name;
  }

  /**
   * Starts the instance and returns when it is ready; does nothing if it is.
   *
   * @throws RuntimeException if its database refuses to be migrated
   */
  public void start() {
    open();
    migration().ifPresent(SchemaMigration::await);
  }

  /**
   * Starts the instance and returns when it listens; its database may be away. Does nothing if it
   * runs.
   */
  synchronized void open() {
    if (context == null) {
      context = RoleApplication.start(role, settings, args);
      settings.put("server.port", port());
    }
  }

  /** Has something done when the instance, which listens, is ready. */
  void whenReady(Runnable work) {
    migration()
        .map(SchemaMigration::done)
        .orElseGet(() -> CompletableFuture.completedFuture(null))
        .thenRun(work);
  }

  private Optional<SchemaMigration> migration() {
    return Optional.ofNullable(context().getBeanProvider(SchemaMigration.class).getIfAvailable());
  }

  /** The port it listens on, once it was started. */
  public synchronized int port() {
    return ((WebServerApplicationContext) context()).getWebServer().getPort();
  }

  /** Where it is reached from this machine. */
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** The Spring context of the running instance. */
  public synchronized ConfigurableApplicationContext context() {
    if (context == null) {
      throw new IllegalStateException(name + " is not running");
    }
    return context;
  }

  /** Lets running requests finish, then stops; does nothing if it doesn't run. */
  @Override
  public synchronized void close() {
    if (context != null) {
      context.close();
      context = null;
    }
  }
}
