package dev.relevo.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.springframework.core.io.ClassPathResource;

/**
 * A library for browsers that came as a <a href="https://www.webjars.org">webjar</a>.
 *
 * @param artifact its artifact id
 * @param version the version that is on the class path
 */
public record Webjar(String artifact, String version) {

  /**
   * The webjar on the class path.
   *
   * @throws IllegalStateException if it isn't there
   */
  public static Webjar of(String group, String artifact) {
    Properties properties = new Properties();
    try (InputStream in =
        new ClassPathResource("META-INF/maven/" + group + "/" + artifact + "/pom.properties")
            .getInputStream()) {
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("The webjar " + artifact + " is not on the class path", e);
    }
    return new Webjar(artifact, properties.getProperty("version"));
  }

  /** Where its files are, as a resource location with a slash at its end. */
  public String location() {
    return "classpath:/META-INF/resources/webjars/" + artifact + "/" + version + "/";
  }
}
