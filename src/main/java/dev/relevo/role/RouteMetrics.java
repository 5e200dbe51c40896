package dev.relevo.role;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.api.management.ManagedCamelContext;
import org.apache.camel.api.management.mbean.ManagedRouteMBean;
import org.apache.camel.spring.boot.CamelContextConfiguration;

/**
 * What Camel counts of each route for its management, as metrics too, under the names that Camel's
 * own micrometer component gives them. That one counts everything a second time, in the way of each
 * exchange; this reads what is there, when it is asked.
 */
final class RouteMetrics implements CamelContextConfiguration {
  private final MeterRegistry registry;

  /** Meters hold what they read weakly. */
  private final List<ManagedRouteMBean> routes = new ArrayList<>();

  RouteMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void beforeApplicationStart(CamelContext camel) {
    // There are no routes yet.
  }

  @Override
  public void afterApplicationStart(CamelContext camel) {
    ManagedCamelContext managed =
        camel.getCamelContextExtension().getContextPlugin(ManagedCamelContext.class);
    for (Route route : camel.getRoutes()) {
      ManagedRouteMBean statistics = managed.getManagedRoute(route.getRouteId());
      routes.add(statistics);
      bind(statistics, Tags.of("camelContext", camel.getName(), "routeId", route.getRouteId()));
    }
  }

  private void bind(ManagedRouteMBean route, Tags tags) {
    FunctionCounter.builder(
            "camel.exchanges.total", route, unchecked(ManagedRouteMBean::getExchangesTotal))
        .description("Exchanges of a route")
        .tags(tags)
        .register(registry);
    FunctionCounter.builder(
            "camel.exchanges.failed", route, unchecked(ManagedRouteMBean::getExchangesFailed))
        .description("Exchanges of a route that failed")
        .tags(tags)
        .register(registry);
    FunctionTimer.builder(
            "camel.route.policy",
            route,
            r -> (long) unchecked(ManagedRouteMBean::getExchangesTotal).applyAsDouble(r),
            unchecked(ManagedRouteMBean::getTotalProcessingTime),
            TimeUnit.MILLISECONDS)
        .description("Time that exchanges spent in a route")
        .tags(tags)
        .register(registry);
  }

  private interface Reading {
    long read(ManagedRouteMBean route) throws Exception;
  }

  private static ToDoubleFunction<ManagedRouteMBean> unchecked(Reading reading) {
    return route -> {
      try {
        return reading.read(route);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    };
  }
}
