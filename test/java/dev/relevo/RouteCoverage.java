package dev.relevo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Which nodes of which route files the tests have entered, one XML file for each test class.
 *
 * <p>Camel's own dump is read from JMX, which knows nothing of what lies in an {@code onFallback},
 * and a test with parameters leaves it with the last ones' numbers only.
 */
final class RouteCoverage implements InterceptStrategy {
  static final Path FOLDER = Path.of("target", "camel-route-coverage");

  private static final ConcurrentMap<String, Set<String>> ENTERED = new ConcurrentHashMap<>();

  private final Set<String> entered;
  private final String test;

  RouteCoverage(Class<?> test) {
    this.test = test.getName();
    this.entered = ENTERED.computeIfAbsent(this.test, name -> new ConcurrentSkipListSet<>());
  }

  /** What names a node: its route file's class path name and its id. */
  static String name(String file, String id) {
    return file + "#" + id;
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
    String location = definition.getLocation();
    if (location == null) {
      return target;
    }
    String node = name(location.substring(location.indexOf(':') + 1), definition.getId());
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        entered.add(node);
        return super.process(exchange, callback);
      }
    };
  }

  /** Writes what the test class has entered so far. */
  void dump() throws IOException, XMLStreamException {
    Files.createDirectories(FOLDER);
    try (OutputStream file = Files.newOutputStream(FOLDER.resolve(test + ".xml"))) {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(file, "UTF-8");
      xml.writeStartElement("camelRouteCoverage");
      xml.writeAttribute("test", test);
      for (String node : entered) {
        xml.writeCharacters("\n  ");
        xml.writeEmptyElement("entered");
        xml.writeAttribute("node", node);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.close();
    }
  }

  /** The names of all nodes that the tests whose files are there have entered. */
  static Set<String> read() throws IOException, SAXException, ParserConfigurationException {
    Set<String> all = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(FOLDER, "*.xml")) {
      for (Path file : files) {
        try (InputStream xml = Files.newInputStream(file)) {
          NodeList nodes =
              DocumentBuilderFactory.newInstance()
                  .newDocumentBuilder()
                  .parse(xml)
                  .getElementsByTagName("entered");
          for (int i = 0; i < nodes.getLength(); i++) {
            all.add(((Element) nodes.item(i)).getAttribute("node"));
          }
        }
      }
    }
    return all;
  }
}
