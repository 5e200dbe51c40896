package dev.relevo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.AfterEach;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.PropertySourcesPropertyResolver;
import org.springframework.core.io.ClassPathResource;
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
  private final MutablePropertySources sources = new MutablePropertySources();
  private final PropertySourcesPropertyResolver settings =
      new PropertySourcesPropertyResolver(sources);
  private final Map<String, Object> overrides = new TreeMap<>();
  private final List<String> routes;
  private final RouteCoverage coverage = new RouteCoverage(getClass());

  /**
   * @param settings class path names of settings files, the first that has a key wins
   * @param routes class path patterns of the route files
   */
  protected RouteTestSupport(List<String> settings, List<String> routes) {
    this.routes = routes;
    sources.addFirst(new MapPropertySource("overrides", overrides));
    settings.forEach(this::addSettings);
  }

  private void addSettings(String file) {
    try {
      for (PropertySource<?> source :
          new YamlPropertySourceLoader().load(file, new ClassPathResource(file))) {
        sources.addLast(source);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(file, e);
    }
  }

  /** Sets a property for this test; before the context starts. */
  protected final void set(String key, Object value) {
    overrides.put(key, value);
  }

  /** The property's value with its placeholders filled in, null if there is none. */
  protected final String setting(String key) {
    return settings.getProperty(key);
  }

  /** Every setting below {@code prefix}, which ends with a dot, by the rest of its name. */
  protected final Map<String, Object> settingsBelow(String prefix) {
    Map<String, Object> found = new TreeMap<>();
    for (PropertySource<?> source : sources) {
      for (String name : ((MapPropertySource) source).getPropertyNames()) {
        if (name.startsWith(prefix)) {
          found.putIfAbsent(name.substring(prefix.length()), setting(name));
        }
      }
    }
    return found;
  }

  @AfterEach
  void dumpCoverage() throws Exception {
    coverage.dump();
  }

  @Override
  protected CamelContext createCamelContext() throws Exception {
    CamelContext created = super.createCamelContext();
    created.getCamelContextExtension().addInterceptStrategy(coverage);
    created
        .getPropertiesComponent()
        .addPropertiesSource(
            new PropertiesSource() {
              @Override
              public String getName() {
                return "settings";
              }

              @Override
              public String getProperty(String name) {
                return setting(name);
              }
            });
    return created;
  }

  @Override
  protected RoutesBuilder[] createRouteBuilders() throws Exception {
    List<Resource> files = new ArrayList<>();
    PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver();
    for (String pattern : routes) {
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
    return PluginHelper.getRoutesLoader(context)
        .findRoutesBuilders(files)
        .toArray(RoutesBuilder[]::new);
  }
}
