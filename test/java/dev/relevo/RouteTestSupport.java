package dev.relevo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.AfterEach;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * A test of a role's own YAML routes with its own settings, without Spring, HTTP or a database.
 * What each test enters is left in {@code target/camel-route-coverage}, which {@code
 * RouteCoverageIT} reads.
 *
 * <p>The REST contract's file (its name ends in {@code api}) is left out: send to the routes'
 * {@code direct:<operationId>}. A subclass binds what the routes name in {@code bindToRegistry};
 * endpoints that lead outward can be skipped there with {@code withMockEndpointsAndSkip} in {@code
 * configureContext}, which keeps the nodes' ids.
 */
public abstract class RouteTestSupport extends CamelTestSupport {
  private final RouteSettings settings;
  private final List<String> routes;
  private final RouteCoverage coverage = new RouteCoverage(getClass());

  /**
   * @param settings class path names of settings files, the first that has a key wins
   * @param routes class path patterns of the route files
   */
  protected RouteTestSupport(List<String> settings, List<String> routes) {
    this.settings = new RouteSettings(settings);
    this.routes = routes;
  }

  /** Sets a property for this test; before the context starts. */
  protected final void set(String key, Object value) {
    settings.set(key, value);
  }

  /** The property's value with its placeholders filled in, null if there is none. */
  protected final String setting(String key) {
    return settings.getProperty(key);
  }

  /** Every setting below {@code prefix}, which ends with a dot, by the rest of its name. */
  protected final Map<String, Object> settingsBelow(String prefix) {
    return settings.below(prefix);
  }

  @AfterEach
  void dumpCoverage() throws Exception {
    coverage.dump();
  }

  @Override
  protected CamelContext createCamelContext() throws Exception {
    CamelContext created = super.createCamelContext();
    created.getCamelContextExtension().addInterceptStrategy(coverage);
    created.getPropertiesComponent().addPropertiesSource(settings);
    return created;
  }

  @Override
  protected RoutesBuilder[] createRouteBuilders() throws Exception {
    return findRoutes(context, routes).toArray(RoutesBuilder[]::new);
  }

  /** The routes of all files that match, but for the binding of an API to HTTP. */
  public static Collection<RoutesBuilder> findRoutes(CamelContext context, List<String> patterns)
      throws Exception {
    List<Resource> files = new ArrayList<>();
    PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver();
    for (String pattern : patterns) {
      for (org.springframework.core.io.Resource file :
          resolver.getResources("classpath:" + pattern)) {
        if (!file.getFilename().endsWith("api.camel.yaml")) {
          files.add(
              PluginHelper.getResourceLoader(context)
                  .resolveResource(
                      "classpath:"
                          + pattern.substring(0, pattern.lastIndexOf('/') + 1)
                          + file.getFilename()));
        }
      }
    }
    return PluginHelper.getRoutesLoader(context).findRoutesBuilders(files);
  }
}
