package dev.relevo.role.middleware;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the watchdogs tell what their pairs are like, for the console page; null for one that there
 * is not.
 *
 * @param mariadb the address of {@code /observe/pair} at the watchdog of inventory's database
 * @param postgresql the same for orders and the saga journal
 * @param mysql the same for reports
 */
@ConfigurationProperties("relevo.watchdogs")
record WatchdogsProperties(URI mariadb, URI postgresql, URI mysql) {

  /** The addresses there are, by engine. */
  Map<String, URI> addresses() {
    Map<String, URI> addresses = new LinkedHashMap<>();
    put(addresses, "mariadb", mariadb);
    put(addresses, "postgresql", postgresql);
    put(addresses, "mysql", mysql);
    return addresses;
  }

  private static void put(Map<String, URI> addresses, String engine, URI address) {
    if (address != null) {
      addresses.put(engine, address);
    }
  }
}
