package dev.relevo.role.watchdog;

import dev.relevo.failover.Engine;
import dev.relevo.failover.NodeId;
import dev.relevo.failover.RecordStore;
import dev.relevo.failover.Router;
import dev.relevo.failover.SimulatedPair;
import dev.relevo.failover.Watchdog;
import dev.relevo.role.RoleApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The watchdog role as it starts, on a free port, with a simulated pair to look after. */
public final class SimulatedWatchdog implements AutoCloseable {
  /** What operators show it. */
  public static final String OPERATORS = "operators";

  /** What those show it who only want to know. */
  public static final String READERS = "readers";

  static final String NODES = "nodes";

  private final ConfigurableApplicationContext context;

  @Configuration(proxyBeanMethods = false)
  static class OnASimulatedPair {
    private final SimulatedPair pair = new SimulatedPair();

    @Bean(destroyMethod = "")
    Engine engine() {
      return pair.engine();
    }

    @Bean
    Router router() {
      return pair.router();
    }

    @Bean
    RecordStore recordStore() {
      return pair.store();
    }
  }

  public SimulatedWatchdog() {
    this("--management.server.port=");
  }

  private SimulatedWatchdog(String managementPort) {
    context =
        new SpringApplicationBuilder(
                RoleApplication.class, WatchdogConfiguration.class, OnASimulatedPair.class)
            .properties(
                "spring.config.name=relevo",
                "spring.config.location=classpath:relevo.yaml,classpath:watchdogs/application.yaml",
                "relevo.role=watchdog",
                "relevo.watchdog.engine=mysql",
                "relevo.http.contract=classpath:watchdogs/openapi.yaml")
            .run(
                "--server.port=0",
                managementPort,
                "--spring.main.allow-bean-definition-overriding=true",
                "--relevo.operator-token=" + OPERATORS,
                "--relevo.metrics-token=" + READERS,
                "--relevo.watchdog.node-token=" + NODES);
  }

  /** What it tells of itself is on a port of its own, as in the compose topology. */
  static SimulatedWatchdog withManagementPort() {
    return new SimulatedWatchdog("--management.server.port=0");
  }

  String managementUrl() {
    return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.management.port");
  }

  public String url() {
    return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  /** Asks for the other node to become the primary. */
  public void switchOver() {
    Watchdog watchdog = context.getBean(Watchdog.class);
    NodeId primary = watchdog.record().orElseThrow().primary();
    watchdog.switchover(primary.peer());
  }

  @Override
  public void close() {
    context.close();
  }
}
