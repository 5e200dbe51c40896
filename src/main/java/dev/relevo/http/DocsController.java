package dev.relevo.http;

import java.io.IOException;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the role's contract as it is, and Swagger UI to read and try it. */
@Controller
final class DocsController implements WebMvcConfigurer {
  private static final int CACHE_SECONDS = 3600;

  private final byte[] contract;

  /**
   * @throws IllegalArgumentException if the contract can't be read
   */
  DocsController(Resource contract) {
    try {
      this.contract = contract.getContentAsByteArray();
    } catch (IOException e) {
      throw new IllegalArgumentException("Can't read the contract " + contract.getDescription(), e);
    }
  }

  @GetMapping("/openapi.yaml")
  ResponseEntity<byte[]> contract() {
    return ResponseEntity.ok().header(HttpHeaders.CONTENT_TYPE, "application/yaml").body(contract);
  }

  /** Relative, so that it works behind a proxy that puts the role below a path. */
  @GetMapping("/docs")
  ResponseEntity<Void> docs() {
    return ResponseEntity.status(HttpStatus.FOUND)
        .header(HttpHeaders.LOCATION, "docs/index.html")
        .build();
  }

  @GetMapping("/docs/")
  ResponseEntity<Void> docsFolder() {
    return ResponseEntity.status(HttpStatus.FOUND)
        .header(HttpHeaders.LOCATION, "index.html")
        .build();
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/docs/*.*")
        .addResourceLocations(
            "classpath:/swagger-ui/", Webjar.of("org.webjars", "swagger-ui").location())
        .setCachePeriod(CACHE_SECONDS);
  }
}
