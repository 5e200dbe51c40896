package dev.relevo.role;

import java.util.Map;
import java.util.TreeMap;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

/**
 * Puts a topology's settings right below what a person can set: command line, system properties,
 * environment.
 */
final class TopologySettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private final Map<String, Object> settings;

  TopologySettings(Map<String, ?> settings) {
    this.settings = new TreeMap<>(settings);
  }

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    MutablePropertySources sources = context.getEnvironment().getPropertySources();
    sources.addAfter(
        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
        new MapPropertySource("topology", settings));
  }
}
