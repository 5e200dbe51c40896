package dev.relevo.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.camel.component.platform.http.HttpEndpointModel;
import org.apache.camel.component.platform.http.PlatformHttpListener;
import org.springframework.core.Ordered;
import org.springframework.http.server.PathContainer;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Leads a request to the {@link RequestConsumer} of its path and method.
 *
 * <p>The starter's mapping treats a consumer as a controller's method, with argument resolvers,
 * model and validation, which costs as much as the routing itself.
 */
final class RouteMapping extends AbstractHandlerMapping implements PlatformHttpListener {

  /** The consumers of a path by method; null for a method that no consumer takes. */
  private record Path(PathPattern pattern, Map<String, HttpRequestHandler> methods) {}

  private final Map<String, Path> registered = new ConcurrentSkipListMap<>();

  /** The most specific first; replaced as a whole. */
  private volatile List<Path> paths = List.of();

  RouteMapping() {
    setOrder(Ordered.HIGHEST_PRECEDENCE);
  }

  @Override
  public synchronized void registerHttpEndpoint(HttpEndpointModel model) {
    if (!(model.getConsumer() instanceof RequestConsumer consumer)) {
      return;
    }
    String uri = model.getUri();
    if (consumer.getEndpoint().isMatchOnUriPrefix()) {
      uri += (uri.endsWith("/") ? "" : "/") + "{*rest}";
    }
    String verbs =
        model.getVerbs() != null
            ? model.getVerbs()
            : consumer.getEndpoint().getHttpMethodRestrict();
    Path before = registered.get(model.getUri());
    Map<String, HttpRequestHandler> methods =
        before == null ? new TreeMap<>() : new TreeMap<>(before.methods());
    for (String verb : (verbs == null ? "GET,POST,PUT,PATCH,DELETE" : verbs).split(",")) {
      methods.put(verb.strip(), consumer);
    }
    registered.put(model.getUri(), new Path(getPatternParser().parse(uri), methods));
    publish();
  }

  @Override
  public synchronized void unregisterHttpEndpoint(HttpEndpointModel model) {
    registered.remove(model.getUri());
    publish();
  }

  private void publish() {
    List<Path> sorted = new ArrayList<>(registered.values());
    sorted.sort(Comparator.comparing(Path::pattern));
    paths = List.copyOf(sorted);
  }

  @Override
  protected HttpRequestHandler getHandlerInternal(HttpServletRequest request)
      throws HttpRequestMethodNotSupportedException {
    PathContainer path =
        ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication();
    for (Path candidate : paths) {
      if (candidate.pattern().matches(path)) {
        ServerHttpObservationFilter.findObservationContext(request)
            .ifPresent(span -> span.setPathPattern(candidate.pattern().getPatternString()));
        return handler(candidate, request.getMethod());
      }
    }
    return null;
  }

  private static HttpRequestHandler handler(Path path, String method)
      throws HttpRequestMethodNotSupportedException {
    HttpRequestHandler handler = path.methods().get("HEAD".equals(method) ? "GET" : method);
    if (handler != null) {
      return handler;
    }
    Set<String> allowed = new TreeSet<>(path.methods().keySet());
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    allowed.add("OPTIONS");
    if ("OPTIONS".equals(method)) {
      return (request, response) -> response.setHeader("Allow", String.join(", ", allowed));
    }
    throw new HttpRequestMethodNotSupportedException(method, allowed);
  }
}
