package dev.relevo;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.spi.PropertiesSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.PropertySourcesPropertyResolver;
import org.springframework.core.io.ClassPathResource;

/** A role's settings, with what a test sets on top of them, for routes without Spring Boot. */
public final class RouteSettings implements PropertiesSource {
  private final MutablePropertySources sources = new MutablePropertySources();
  private final PropertySourcesPropertyResolver resolver =
      new PropertySourcesPropertyResolver(sources);
  private final Map<String, Object> overrides = new TreeMap<>();

  /**
   * @param files class path names of settings files, the first that has a key wins
   */
  public RouteSettings(List<String> files) {
    sources.addFirst(new MapPropertySource("overrides", overrides));
    files.forEach(this::add);
  }

  private void add(String file) {
    try {
      for (PropertySource<?> source :
          new YamlPropertySourceLoader().load(file, new ClassPathResource(file))) {
        sources.addLast(source);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(file, e);
    }
  }

  /** Sets a property, whatever the files say. */
  public void set(String key, Object value) {
    overrides.put(key, value);
  }

  @Override
  public String getName() {
    return "settings";
  }

  /** The property's value with its placeholders filled in, null if there is none. */
  @Override
  public String getProperty(String key) {
    return resolver.getProperty(key);
  }

  /** Every setting below {@code prefix}, which ends with a dot, by the rest of its name. */
  public Map<String, Object> below(String prefix) {
    Map<String, Object> found = new TreeMap<>();
    for (PropertySource<?> source : sources) {
      for (String name : ((MapPropertySource) source).getPropertyNames()) {
        if (name.startsWith(prefix)) {
          found.putIfAbsent(name.substring(prefix.length()), getProperty(name));
        }
      }
    }
    return found;
  }

  /** The settings below a prefix as an object, defaults filled in, as Spring Boot binds them. */
  public <T> T bind(String prefix, Bindable<T> target) {
    return new Binder(
            ConfigurationPropertySources.from(sources),
            new PropertySourcesPlaceholdersResolver(sources))
        .bindOrCreate(prefix, target);
  }
}
