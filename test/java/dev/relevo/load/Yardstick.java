package dev.relevo.load;

import dev.relevo.role.Role;
import dev.relevo.role.RoleApplication;
import java.nio.file.Files;
import java.util.Map;
import org.apache.catalina.startup.Tomcat;

/**
 * What an order is held against: an empty Camel route behind the filters that every role has, and,
 * on a second port, a Tomcat that has nothing to serve.
 *
 * <p>Arguments: the route's port, Tomcat's port.
 */
public final class Yardstick {
  private Yardstick() {}

  public static void main(String[] args) throws Exception {
    RoleApplication.start(
        Role.INVENTORY,
        Map.of(
            "server.port",
            args[0],
            "relevo.http.contract",
            "classpath:load/openapi.yaml",
            "camel.main.routes-include-pattern",
            "classpath:load/*.camel.yaml",
            "spring.datasource.url",
            "jdbc:mariadb://127.0.0.1:9/none",
            "spring.flyway.enabled",
            "false",
            "logging.level.root",
            "warn"));
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("yardstick").toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(Integer.parseInt(args[1]));
    tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
    tomcat.getConnector().setProperty("useVirtualThreads", "true");
    tomcat.addContext("", null);
    tomcat.start();
    System.out.println("ready");
  }
}
