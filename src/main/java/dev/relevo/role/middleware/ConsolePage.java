package dev.relevo.role.middleware;

import dev.relevo.http.Webjar;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves the console page at {@code /}: one static page that asks this process for what it shows.
 */
@Controller
final class ConsolePage implements WebMvcConfigurer {
  /** The page runs its own scripts and talks to its own server; charts set styles of elements. */
  private static final String POLICY =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri"
          + " 'none'; form-action 'self'";

  @GetMapping("/")
  ResponseEntity<ClassPathResource> page() {
    return ResponseEntity.ok()
        .contentType(new MediaType("text", "html", StandardCharsets.UTF_8))
        .cacheControl(CacheControl.noCache())
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .body(new ClassPathResource("console/index.html"));
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/console/*.*")
        .addResourceLocations(
            "classpath:/console/", Webjar.of("org.webjars.npm", "uplot").location() + "dist/")
        .setCacheControl(CacheControl.noCache());
  }
}
