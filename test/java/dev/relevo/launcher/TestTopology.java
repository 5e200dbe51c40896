package dev.relevo.launcher;

import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import java.util.HashMap;
import java.util.Map;

/**
 * The embedded topology for tests: one per JVM, on free ports, started when a test first asks for
 * it and stopped when the JVM ends; and single instances beside it.
 */
public final class TestTopology {
  /** What the middleware shows to an application. */
  public static final String SERVICE_TOKEN = "the-service-token-of-the-tests";

  /** What an operator shows to the middleware. */
  public static final String OPERATOR_TOKEN = "the-operators-token-of-the-tests";

  /** What a Prometheus shows to each. */
  public static final String METRICS_TOKEN = "the-metrics-token-of-the-tests";

  private TestTopology() {}

  private static final class Holder {
    private static final EmbeddedTopology TOPOLOGY = start();

    private static EmbeddedTopology start() {
      EmbeddedTopology topology =
          new EmbeddedTopology(
              TestEngines.all(), TopologyPorts.FREE, settings(), System.out::println);
      TestEngines.beforeStop(topology::close);
      topology.start();
      return topology;
    }
  }

  /** The topology, running. */
  public static EmbeddedTopology get() {
    return Holder.TOPOLOGY;
  }

  /** An instance of the topology, such as {@code orders-a}. */
  public static Instance instance(String name) {
    return get().instance(name);
  }

  /** The address of an instance of the topology. */
  public static String url(String name) {
    return instance(name).url();
  }

  /**
   * Starts one more instance of a role, on a free port.
   *
   * @param settings other than those of the database and the tokens
   */
  public static Instance start(
      String name, Role role, DatabaseAccess database, Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(EmbeddedTopology.database(database));
    all.putAll(settings());
    all.put("server.port", 0);
    all.putAll(settings);
    Instance instance = new Instance(name, role, all);
    instance.start();
    return instance;
  }

  private static Map<String, Object> settings() {
    return Map.of(
        "relevo.service-token",
        SERVICE_TOKEN,
        "relevo.operator-token",
        OPERATOR_TOKEN,
        "relevo.metrics-token",
        METRICS_TOKEN,
        // How fast the machine is, which may have other things to do, is not what is tested.
        "relevo.admission.patience",
        "60s");
  }
}
