package dev.relevo.it;

import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A second middleware on the test topology, which reaches each application's instance through a
 * {@link FaultProxy}: one per JVM. Its deadline is shorter than usual, for the tests that have to
 * see it pass.
 */
final class ProxiedMiddleware {
  static final List<String> PARTICIPANTS = List.of("inventory", "orders", "reports");
  static final Duration DEADLINE = Duration.ofSeconds(7);

  /** How long past the deadline a client waits for compensation, by default. */
  static final Duration GRACE = Duration.ofSeconds(5);

  private static final class Holder {
    private static final ProxiedMiddleware ONLY = new ProxiedMiddleware();
  }

  private final Map<String, FaultProxy> proxies = new LinkedHashMap<>();
  private final Instance instance;

  private ProxiedMiddleware() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("relevo.saga.deadline", DEADLINE.toMillis() + "ms");
    // A saga that was parked while its participants were away need not wait for long after that.
    settings.put("relevo.saga.parked-retry", "2s");
    for (String participant : PARTICIPANTS) {
      for (String letter : List.of("a", "b")) {
        String name = participant + "-" + letter;
        FaultProxy proxy = new FaultProxy(() -> TestTopology.instance(name).port());
        proxies.put(name, proxy);
        settings.put(participant + ".url." + letter, proxy.url());
      }
    }
    TestTopology.get();
    instance =
        TestTopology.start(
            "proxied-middleware", Role.MIDDLEWARE, TestEngines.all().saga(), settings);
    TestEngines.beforeStop(
        () -> {
          healAll();
          instance.close();
          proxies.values().forEach(FaultProxy::close);
        });
  }

  static ProxiedMiddleware get() {
    return Holder.ONLY;
  }

  String url() {
    return instance.url();
  }

  /** The proxy before an instance such as {@code orders-a}. */
  FaultProxy before(String name) {
    return proxies.get(name);
  }

  /** Injects the same fault before both instances of an application. */
  void injectBeforeBoth(String participant, Fault fault, String text) {
    before(participant + "-a").inject(fault, text);
    before(participant + "-b").inject(fault, text);
  }

  void healAll() {
    proxies.values().forEach(FaultProxy::release);
  }
}
