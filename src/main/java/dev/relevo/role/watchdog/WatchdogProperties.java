package dev.relevo.role.watchdog;

import dev.relevo.failover.EngineSettings;
import dev.relevo.failover.NodeId;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What a watchdog looks after.
 *
 * @param engine the pair's engine
 * @param node host and port of each node, by its name
 * @param database the database that holds the heartbeat row
 * @param user the watchdog's user on both servers
 * @param password its password
 * @param replicationUser the user a replica connects to its primary with
 * @param replicationPassword its password
 * @param folder where the record is kept
 * @param haproxySocket the Runtime API's socket of the HAProxy in front of the pair
 * @param haproxyBackend the backend there that has the servers {@code a} and {@code b}
 * @param dryRun whether to decide, and tell, and do nothing
 * @param probeTimeout the longest that a look at a server takes
 * @param probePatience how long a round of the loop waits for a server's answer, which may come
 *     later
 * @param actTimeout the longest that an act on a server takes until it has failed
 * @param routerTimeout the longest that HAProxy takes to answer until it hasn't
 * @param farewell the longest that a node that is about to stop waits for its relief
 */
@Validated
@ConfigurationProperties("relevo.watchdog")
record WatchdogProperties(
    @NotNull @Pattern(regexp = "mariadb|postgresql|mysql") String engine,
    @NotNull Map<String, String> node,
    @DefaultValue("relevo") @NotBlank String database,
    @DefaultValue("watchdog") @NotBlank String user,
    @DefaultValue("") @NotNull String password,
    @DefaultValue("replication") @NotBlank String replicationUser,
    @DefaultValue("") @NotNull String replicationPassword,
    @DefaultValue("watchdog") @NotNull Path folder,
    @DefaultValue("/run/haproxy/admin.sock") @NotNull Path haproxySocket,
    @DefaultValue("database") @NotBlank String haproxyBackend,
    @DefaultValue("false") boolean dryRun,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 50) @DurationMax(seconds = 10)
        Duration probeTimeout,
    @DefaultValue("300ms") @NotNull @DurationMin(millis = 20) @DurationMax(seconds = 10)
        Duration probePatience,
    @DefaultValue("5s") @NotNull @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration actTimeout,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 50) @DurationMax(seconds = 10)
        Duration routerTimeout,
    @DefaultValue("8s") @NotNull @DurationMin(millis = 0) @DurationMax(minutes = 1)
        Duration farewell) {

  /**
   * @throws IllegalArgumentException if a node has no address, or one that is none
   */
  EngineSettings engineSettings() {
    return new EngineSettings(
        Map.of(NodeId.A, address("a"), NodeId.B, address("b")),
        database,
        user,
        password,
        replicationUser,
        replicationPassword,
        probeTimeout,
        actTimeout);
  }

  private EngineSettings.Address address(String name) {
    String text = node.getOrDefault(name, "");
    int colon = text.lastIndexOf(':');
    if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
      throw new IllegalArgumentException(
          "relevo.watchdog.node.%s must be host:port, and is \"%s\"".formatted(name, text));
    }
    return new EngineSettings.Address(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /** Names no password. */
  @Override
  public String toString() {
    return "WatchdogProperties[" + engine + ", " + node + "]";
  }
}
