package dev.relevo.http;

import com.fasterxml.jackson.databind.ObjectWriter;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;

/**
 * Makes a {@link RequestConsumer} for every {@code platform-http} endpoint, the REST contract's
 * included.
 */
record RequestEngine(
    int port,
    Gate gate,
    HeaderPolicy headers,
    long maxBody,
    ProblemDetails problems,
    ObjectWriter json)
    implements PlatformHttpEngine {

  @Override
  public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
    if ("/".equals(endpoint.getPath())) {
      // The contract's paths are all there are: what only begins like one of them is no resource.
      endpoint.setMatchOnUriPrefix(false);
    }
    return new RequestConsumer(endpoint, processor, gate, headers, maxBody, problems, json);
  }

  @Override
  public int getServerPort() {
    return port;
  }
}
