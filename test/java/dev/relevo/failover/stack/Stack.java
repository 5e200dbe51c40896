package dev.relevo.failover.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A running compose topology, and what can be done to its parts from outside. */
public final class Stack {
  private final Path folder;
  private final String project;
  private final Map<String, String> environment;
  private final List<String> files;

  /**
   * @param project the compose project, of its own if it must not meet another one
   * @param subnet the first two numbers of its networks
   * @param files compose files beside compose/compose.yaml, from the repository's root
   * @param more what else the compose files read from the environment
   */
  public Stack(String project, String subnet, List<String> files, Map<String, String> more) {
    this.folder = Path.of("").toAbsolutePath();
    this.project = project;
    this.environment = new java.util.HashMap<>(more);
    this.environment.put("RELEVO_SUBNET", subnet);
    this.files = new ArrayList<>(List.of("compose/compose.yaml"));
    this.files.addAll(files);
  }

  /** Runs {@code docker compose} on this topology. */
  public String compose(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker", "compose", "-p", project));
    files.forEach(file -> command.addAll(List.of("-f", file)));
    command.addAll(List.of(arguments));
    return Command.run(folder, environment, command);
  }

  /** Runs {@code docker}. */
  public String docker(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Command.run(folder, environment, command);
  }

  public void makeSecrets() {
    Command.run(folder, environment, List.of("compose/make-secrets"));
  }

  /** The secret of that name. */
  public String secret(String name) {
    try {
      return Files.readString(folder.resolve("compose/secrets").resolve(name)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The container of a service that has one. */
  public String container(String service) {
    return project + "-" + service + "-1";
  }

  /** The name of a network in the engine. */
  public String network(String name) {
    return project + "_" + name;
  }

  /** The process id, on the machine, of a service's first process; 0 if it doesn't run. */
  public long pid(String service) {
    return Long.parseLong(
        docker("inspect", "--format", "{{.State.Pid}}", container(service)).strip());
  }

  /** How often the engine has started a service again by itself. */
  public int restarts(String service) {
    return Integer.parseInt(
        docker("inspect", "--format", "{{.RestartCount}}", container(service)).strip());
  }

  /**
   * Kills all of a service's processes as a crash would: the engine sees it end, and starts it
   * again if that is its policy. {@code docker kill} would count as an operator's wish.
   */
  public void crash(String service) {
    crash(List.of(service));
  }

  /** Kills several at once. */
  public void crash(List<String> services) {
    List<String> pids = services.stream().map(this::pid).map(String::valueOf).toList();
    if (pids.contains("0")) {
      throw new IllegalStateException("not all of " + services + " are running: " + pids);
    }
    List<String> command = new ArrayList<>(List.of("kill", "-9"));
    command.addAll(pids);
    if (!System.getProperty("user.name").equals("root")) {
      command.addAll(
          0, List.of("docker", "run", "--rm", "--pid=host", "--privileged", "debian:trixie-slim"));
    }
    Command.run(folder, environment, command);
  }

  /** The same for a service that may be down already. */
  public void crashIfRunning(String service) {
    if (pid(service) != 0) {
      crash(service);
    }
  }

  /** Kills a service, which then stays down until it is started. */
  public void kill(String service) {
    docker("kill", container(service));
  }

  public void start(String service) {
    docker("start", container(service));
  }

  /** Runs a shell command, as the owner of a volume's files, on a volume mounted at /volume. */
  public void onVolume(String volume, String command) {
    docker(
        "run",
        "--rm",
        "--network=none",
        "--user=999:999",
        "--volume=" + project + "_" + volume + ":/volume",
        "--entrypoint=sh",
        "relevo-haproxy",
        "-c",
        command);
  }

  /** Stops all of a service's processes where they are. */
  public void freeze(String service) {
    docker("pause", container(service));
  }

  /** Lets them go on. */
  public void thaw(String service) {
    docker("unpause", container(service));
  }

  /** Cuts a service off from a network. */
  public void cutOff(String service, String network) {
    docker("network", "disconnect", network(network), container(service));
  }

  /** Gives it its network back, with the address that it had. */
  public void reconnect(String service, String network, String address) {
    docker(
        "network",
        "connect",
        "--ip",
        address,
        "--alias",
        service,
        network(network),
        container(service));
  }

  /** Removes it and its data. */
  public void remove() {
    compose("down", "--volumes", "--remove-orphans", "--timeout", "1");
  }

  /** The last lines that a service has logged. */
  public String log(String service, int lines) {
    return compose("logs", "--no-color", "--tail", String.valueOf(lines), service);
  }
}
