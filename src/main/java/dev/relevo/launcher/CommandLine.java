package dev.relevo.launcher;

import dev.relevo.launcher.engine.StartupFailure;
import dev.relevo.role.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * What the command line asks for.
 *
 * @param help whether to print how to use it and do nothing else
 * @param role the role to play; empty for the embedded topology
 * @param settings the {@code --key=value} arguments
 */
record CommandLine(boolean help, Optional<Role> role, List<String> settings) {
  static final String HELP =
      """
      Relevo takes orders, and neither loses nor doubles one.

      Usage: relevo [ROLE] [--key=value ...]

      Without a ROLE everything runs here: three database engines, each application twice, and the middleware;
      data is kept under ./data. With one, only that role runs, on the databases that the settings name.

      Roles:
        middleware   answers /orders and /sagas
        inventory    products and their stock (MariaDB)
        orders       orders (PostgreSQL)
        reports      a report per order (MySQL)
        watchdog     one pair of database servers (--relevo.watchdog.engine=mariadb, postgresql or mysql)

      Settings of the embedded topology:
        --relevo.data=./data               where the engines keep their data
        --relevo.middleware.port=8000      likewise inventory-a 8001, inventory-b 8011, orders-a 8002,
                                           orders-b 8012, reports-a 8003, reports-b 8013
        --relevo.mariadb.port=13306        likewise postgres 15432, mysql 13307
        RELEVO_OPERATOR_TOKEN (environment)  the operators' credential; made and kept in ./data if not set

      Settings of a role:
        --relevo.secrets=/run/secrets      a folder with a file for each secret, named like the setting

      Every other setting is in docs/configuration.md. Each can be set as --key=value or as an environment variable
      (RELEVO_DATA=...); those of a role also in ./config/relevo.yaml.

        -h, --help   print this
      """;

  /**
   * @throws StartupFailure if an argument means nothing
   */
  static CommandLine parse(String... args) {
    List<String> settings = new ArrayList<>();
    Optional<Role> role = Optional.empty();
    for (String arg : args) {
      if (arg.equals("-h") || arg.equals("--help")) {
        return new CommandLine(true, Optional.empty(), List.of());
      }
      if (arg.startsWith("--") && arg.length() > 2) {
        settings.add(arg);
      } else if (role.isEmpty() && Role.of(arg).isPresent()) {
        role = Role.of(arg);
      } else {
        throw new StartupFailure(
            "\"" + arg + "\" is neither a role nor a setting (--key=value); --help lists both.");
      }
    }
    return new CommandLine(false, role, List.copyOf(settings));
  }

  /**
   * The value of a setting of the topology, from the command line, system properties or the
   * environment.
   */
  String setting(String name) {
    StandardEnvironment environment = new StandardEnvironment();
    PropertySource<?> own = new SimpleCommandLinePropertySource(settings.toArray(String[]::new));
    environment.getPropertySources().addFirst(own);
    return environment.getProperty(name);
  }

  String[] args() {
    return settings.toArray(String[]::new);
  }
}
