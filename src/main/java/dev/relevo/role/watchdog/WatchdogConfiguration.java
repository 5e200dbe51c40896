package dev.relevo.role.watchdog;

import dev.relevo.failover.Engine;
import dev.relevo.failover.FileRecordStore;
import dev.relevo.failover.HaproxyRouter;
import dev.relevo.failover.RecordStore;
import dev.relevo.failover.Router;
import dev.relevo.failover.Watchdog;
import dev.relevo.failover.engine.EngineAdapters;
import dev.relevo.http.OperatorFilter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the watchdog's routes name: the watchdog itself and its answers. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WatchdogProperties.class, FailoverProperties.class})
public class WatchdogConfiguration {

  @Bean
  RecordStore recordStore(WatchdogProperties properties) {
    return FileRecordStore.in(properties.folder());
  }

  @Bean
  WatchdogMetrics watchdogMetrics(MeterRegistry registry, WatchdogProperties properties) {
    return new WatchdogMetrics(registry, properties.engine());
  }

  @Bean
  FailoverHistory failoverHistory(WatchdogMetrics metrics) {
    return new FailoverHistory(metrics);
  }

  @Bean
  PairEndpoint pairEndpoint(Watchdog watchdog, FailoverHistory history) {
    return new PairEndpoint(watchdog, history);
  }

  /** Closed by its watchdog. */
  @Bean(destroyMethod = "")
  Engine engine(WatchdogProperties properties) {
    return EngineAdapters.open(properties.engine(), properties.engineSettings());
  }

  @Bean
  Router router(WatchdogProperties properties) {
    return new HaproxyRouter(
        properties.haproxySocket(), properties.haproxyBackend(), properties.routerTimeout());
  }

  @Bean
  Watchdog watchdog(
      Engine engine,
      Router router,
      RecordStore store,
      WatchdogProperties properties,
      FailoverProperties failover,
      FailoverHistory history,
      WatchdogMetrics metrics) {
    Watchdog watchdog =
        new Watchdog(
            engine,
            router,
            store,
            failover.times(),
            properties.probePatience(),
            properties.dryRun(),
            history);
    metrics.watch(watchdog);
    return watchdog;
  }

  @Bean
  WatchdogView watchdogView(Watchdog watchdog, WatchdogProperties properties) {
    return new WatchdogView(watchdog, properties.farewell());
  }

  @Bean
  FilterRegistrationBean<OperatorFilter> operatorFilter(
      @Value("${relevo.operator-token:}") String token) {
    FilterRegistrationBean<OperatorFilter> registration =
        new FilterRegistrationBean<>(OperatorFilter.api(token));
    for (String path :
        List.of("/status", "/events", "/switchover", "/pause", "/resume", "/force")) {
      registration.addUrlPatterns(path, path + "/*");
    }
    return registration;
  }

  /**
   * A node asks what it is, and has itself fenced, with a credential of its own, which opens
   * nothing else.
   */
  @Bean
  FilterRegistrationBean<OperatorFilter> nodeFilter(
      @Value("${relevo.watchdog.node-token}") String token) {
    FilterRegistrationBean<OperatorFilter> registration =
        new FilterRegistrationBean<>(OperatorFilter.api(token));
    registration.addUrlPatterns("/fence-me", "/fence-me/*", "/role", "/role/*");
    return registration;
  }
}
