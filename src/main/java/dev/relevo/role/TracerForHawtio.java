package dev.relevo.role;

import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.impl.debugger.BacklogTracer;
import org.apache.camel.management.mbean.ManagedBacklogTracer;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spi.ManagementStrategy;
import org.apache.camel.spring.boot.CamelContextConfiguration;

/**
 * Gives Hawtio's trace as XML that a browser can read to its end. Camel (4.17) writes the addresses
 * of endpoints into it as they are, and at the first {@code &} in one, which two options are enough
 * for, the browser stops reading: what came after that call was never shown.
 */
final class TracerForHawtio implements CamelContextConfiguration {
  @Override
  public void beforeApplicationStart(CamelContext camel) {
    // Camel registers its own while it starts.
  }

  @Override
  public void afterApplicationStart(CamelContext camel) {
    BacklogTracer tracer =
        (BacklogTracer)
            camel
                .getCamelContextExtension()
                .getContextPlugin(org.apache.camel.spi.BacklogTracer.class);
    ManagementStrategy management = camel.getManagementStrategy();
    ManagementAgent agent = management.getManagementAgent();
    Tracer managed = new Tracer(camel, tracer);
    managed.init(management);
    try {
      ObjectName name =
          management.getManagementObjectNameStrategy().getObjectNameForTracer(camel, tracer);
      agent.unregister(name);
      agent.register(managed, name);
    } catch (JMException e) {
      throw new IllegalStateException("Camel's tracer can't be shown by JMX", e);
    }
  }

  /** What JMX shows instead of Camel's own; public, since JMX calls it. */
  @ManagedResource(description = "Managed BacklogTracer")
  public static final class Tracer extends ManagedBacklogTracer {
    private static final Pattern BARE_AMPERSAND =
        Pattern.compile("&(?!(?:amp|lt|gt|quot|apos|#\\d+);)");

    Tracer(CamelContext camel, BacklogTracer tracer) {
      super(camel, tracer);
    }

    @Override
    public String dumpTracedMessagesAsXml(String nodeOrRouteId) {
      return escaped(super.dumpTracedMessagesAsXml(nodeOrRouteId));
    }

    @Override
    public String dumpAllTracedMessagesAsXml() {
      return escaped(super.dumpAllTracedMessagesAsXml());
    }

    @Override
    public String dumpLatestMessageHistoryAsXml() {
      return escaped(super.dumpLatestMessageHistoryAsXml());
    }

    private static String escaped(String xml) {
      return BARE_AMPERSAND.matcher(xml).replaceAll("&amp;");
    }
  }
}
