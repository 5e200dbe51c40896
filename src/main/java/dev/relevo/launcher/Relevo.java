package dev.relevo.launcher;

import dev.relevo.launcher.engine.Engines;
import dev.relevo.launcher.engine.Ports;
import dev.relevo.launcher.engine.StartupFailure;
import dev.relevo.role.Role;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** The command: starts the embedded topology, or one role. */
public final class Relevo {
  private static final PrintStream OUT = System.out;
  private static final int VIRTUAL_THREADS_SINCE = 21;

  private final long started = System.nanoTime();
  private final AtomicReference<AutoCloseable> running = new AtomicReference<>();

  private Relevo() {}

  public static void main(String[] args) {
    int status = new Relevo().run(args);
    if (status != 0) {
      System.exit(status);
    }
  }

  private int run(String... args) {
    try {
      CommandLine line = CommandLine.parse(args);
      if (line.help()) {
        OUT.print(CommandLine.HELP);
        return 0;
      }
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "relevo-stop"));
      if (line.role().isPresent()) {
        startRole(line.role().get(), line);
      } else {
        startEmbedded(line);
      }
      return 0;
    } catch (StartupFailure e) {
      OUT.println("Relevo could not start. " + e.getMessage());
      return 1;
    } catch (RuntimeException e) {
      OUT.println("Relevo could not start. " + rootOf(e));
      e.printStackTrace(OUT);
      return 1;
    }
  }

  private void startRole(Role role, CommandLine line) {
    Instance instance = new Instance(role.id(), role, Map.of(), line.args());
    running.set(instance);
    instance.open();
    say(role.id() + ": listening on port " + instance.port());
    instance.whenReady(() -> say(role.id() + ": ready on port " + instance.port()));
  }

  private void startEmbedded(CommandLine line) {
    say("starting the embedded topology on Java " + Runtime.version().feature());
    if (Runtime.version().feature() < VIRTUAL_THREADS_SINCE) {
      say("Java 21 or newer, if you have it, answers more orders a second (virtual threads)");
    }
    TopologyPorts ports = TopologyPorts.from(line::setting);
    Ports enginePorts = Ports.from(line::setting);
    String folder = line.setting("relevo.data");
    Path data = Path.of(folder == null ? "data" : folder);
    Engines engines = Engines.in(data, enginePorts, this::say);
    Map<String, Object> settings = new HashMap<>();
    settings.put("logging.level.root", "warn");
    boolean ownToken = line.setting("relevo.operator-token") == null;
    if (ownToken) {
      settings.put("relevo.operator-token", OperatorToken.in(data.resolve("operator-token")));
    }
    EmbeddedTopology topology =
        new EmbeddedTopology(engines, ports, settings, this::say, line.args());
    running.set(topology);
    topology.start();
    say("ready. Place an order:");
    String url = topology.instance("middleware").url();
    OUT.printf(
        """

          curl -i -X POST %1$s/orders -H 'Content-Type: application/json' -d '{"product_id":1,"qty":2}'

          orders      %1$s/orders
          API         %1$s/docs  (inventory %2$s/docs, orders %3$s/docs, reports %4$s/docs)
          health      %1$s/health
          sagas       curl -H "Authorization: Bearer %5$s" %1$s/sagas
          data        %6$s

        Ctrl-C stops it; the data stays.
        """,
        url,
        topology.instance("inventory-a").url(),
        topology.instance("orders-a").url(),
        topology.instance("reports-a").url(),
        ownToken ? "$(cat " + data.resolve("operator-token") + ")" : "$RELEVO_OPERATOR_TOKEN",
        data.toAbsolutePath().normalize());
  }

  private void stop() {
    AutoCloseable started = running.getAndSet(null);
    if (started == null) {
      return;
    }
    say("stopping");
    try {
      started.close();
      say("stopped");
    } catch (Exception e) {
      say("did not stop cleanly: " + rootOf(e));
    }
  }

  private void say(String sentence) {
    OUT.printf("[%5.1f s] %s%n", (System.nanoTime() - started) / 1e9, sentence);
  }

  private static String rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
