package dev.relevo.role.middleware;

import dev.relevo.saga.Saga;
import dev.relevo.saga.SagaJournal;
import dev.relevo.saga.SagaState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The boundaries at which a middleware can be killed: around each of its writes to the journal,
 * around and during each of its calls to participants, and around its answer. They are put around
 * the objects that the routes and the service name; the middleware's own code has no hooks.
 */
public final class KillPoints {
  private static final String STEP = "KillPointStep";

  private final KillSwitch killSwitch;

  KillPoints(KillSwitch killSwitch) {
    this.killSwitch = killSwitch;
  }

  /** Every boundary that an order passes, the ones of an order that is undone included. */
  public static List<String> all() {
    List<String> points = new ArrayList<>();
    for (String write :
        List.of("begin", "enlist", "complete", "compensate", "step-undone", "compensated")) {
      points.add("before-" + write);
      points.add("after-" + write);
    }
    for (String step : List.of("take-stock", "create-order", "write-report")) {
      for (String op : List.of("action", "compensation")) {
        for (String when : List.of("before", "during", "after")) {
          points.add(when + "-call:" + step + "/" + op);
        }
      }
    }
    points.addAll(List.of("before-answer", "in-answer", "after-answer"));
    return List.copyOf(points);
  }

  /** Those that a process passes that finishes what a dead one has left. */
  public static List<String> ofTakeover() {
    List<String> points = new ArrayList<>();
    points.add("after-takeover");
    all().stream()
        .filter(
            point ->
                point.endsWith("/compensation")
                    || point.endsWith("step-undone")
                    || point.endsWith("compensated"))
        .forEach(points::add);
    return List.copyOf(points);
  }

  /** Whether the kill comes some time after the boundary. */
  public static boolean isDelayed(String point) {
    return point.startsWith("during-");
  }

  /**
   * @param say is told {@code begins} and the id of each saga before it is written, and {@code
   *     took}, its id, how many milliseconds late and by whom ({@code scan} or {@code request}) of
   *     each one that is taken over
   */
  SagaJournal around(SagaJournal journal, Consumer<String> say) {
    return (SagaJournal)
        Proxy.newProxyInstance(
            SagaJournal.class.getClassLoader(),
            new Class<?>[] {SagaJournal.class},
            (proxy, method, args) -> {
              String write = name(method.getName(), args);
              if (write.equals("begin")) {
                say.accept("begins " + ((Saga) args[0]).id());
              }
              killSwitch.pass("before-" + write);
              Object result;
              try {
                result = method.invoke(journal, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (write.equals("takeover")) {
                taken(result, say);
              } else {
                killSwitch.pass("after-" + write);
              }
              return result;
            });
  }

  private void taken(Object result, Consumer<String> say) {
    boolean byScan = result instanceof List;
    List<?> all = byScan ? (List<?>) result : ((Optional<?>) result).stream().toList();
    for (Object one : all) {
      SagaJournal.Takeover taken = (SagaJournal.Takeover) one;
      String late = taken.late() == null ? "-" : String.valueOf(taken.late().toMillis());
      say.accept("took " + taken.saga().id() + " " + late + (byScan ? " scan" : " request"));
    }
    if (!all.isEmpty()) {
      killSwitch.pass("after-takeover");
    }
  }

  private static String name(String method, Object[] args) {
    if (method.startsWith("takeOver")) {
      return "takeover";
    }
    if (!method.equals("write")) {
      return method;
    }
    SagaState to = ((Saga) args[1]).state();
    return switch ((SagaState) args[0]) {
      case RUNNING ->
          switch (to) {
            case RUNNING -> "enlist";
            case COMPLETED -> "complete";
            default -> "compensate";
          };
      case COMPENSATING ->
          switch (to) {
            case COMPENSATING -> "step-undone";
            case COMPENSATED -> "compensated";
            default -> "park";
          };
      default -> "other";
    };
  }

  Processor aroundPrepare(Processor prepare) {
    return exchange -> {
      prepare.process(exchange);
      // Such as take-stock/1/action; reads outside of a saga have none.
      String step = exchange.getMessage().getHeader("Relevo-Saga-Step", String.class);
      if (step != null) {
        String[] parts = step.split("/");
        exchange.setProperty(STEP, parts[0] + "/" + parts[2]);
        passCall("before", exchange);
        passCall("during", exchange);
      }
    };
  }

  Processor aroundAnswer(Processor requireAnswer) {
    return exchange -> {
      if (exchange.getProperty(STEP) != null) {
        passCall("after", exchange);
      }
      requireAnswer.process(exchange);
    };
  }

  private void passCall(String when, Exchange exchange) {
    killSwitch.pass(when + "-call:" + exchange.getProperty(STEP));
  }

  void pass(String point) {
    killSwitch.pass(point);
  }
}
