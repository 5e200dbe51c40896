package dev.relevo.it;

import static org.awaitility.Awaitility.await;

import dev.relevo.launcher.Relevo;
import dev.relevo.launcher.engine.TestEngines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command, as a person starts it: a JVM of its own. */
final class RelevoProcess implements AutoCloseable {
  private static final List<String> PORTS =
      Stream.of(
              "middleware",
              "inventory-a",
              "inventory-b",
              "orders-a",
              "orders-b",
              "reports-a",
              "reports-b",
              "mariadb",
              "postgres",
              "mysql")
          .map(name -> "--relevo." + name + ".port=0")
          .toList();

  private final List<String> output = Collections.synchronizedList(new ArrayList<>());
  private final Process process;
  private final Thread reader;

  private RelevoProcess(Path folder, List<String> args) {
    List<String> command = new ArrayList<>();
    // A build in the background ignores the signal, and its children inherit that.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath(), Relevo.class.getName()));
    command.addAll(args);
    try {
      process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader = new Thread(() -> process.inputReader().lines().forEach(output::add), "relevo-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts the command with these arguments alone, in that working directory. */
  static RelevoProcess start(Path folder, String... args) {
    return new RelevoProcess(folder, List.of(args));
  }

  /**
   * Starts the embedded topology with its data in {@code folder/data}, on free ports. The servers
   * are not unpacked once more.
   */
  static RelevoProcess startTopology(Path folder) {
    Path data = folder.resolve("data");
    try {
      Files.createDirectories(data);
      Files.createDirectories(TestEngines.DISTRIBUTIONS);
      if (!Files.exists(data.resolve(".engines"))) {
        Files.createSymbolicLink(data.resolve(".engines"), TestEngines.DISTRIBUTIONS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> args = new ArrayList<>(PORTS);
    args.add("--relevo.data=" + data);
    return new RelevoProcess(folder, args);
  }

  /** Without the tests, which bring settings of their own. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(":"))
        .filter(entry -> !entry.endsWith("/test-classes") && !entry.endsWith("/test-classes/"))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(":"));
  }

  List<String> output() {
    return List.copyOf(output);
  }

  String text() {
    return String.join("\n", output());
  }

  /** Waits for a line that contains the text; returns it. */
  String awaitLine(String text) {
    await("a line with \"" + text + "\"")
        .atMost(Shop.PATIENCE.multipliedBy(2))
        .until(() -> !process.isAlive() || output().stream().anyMatch(l -> l.contains(text)));
    return output().stream()
        .filter(line -> line.contains(text))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("It ended without it:\n" + text()));
  }

  /** As the kernel does when memory runs out: the process gets no chance to do anything. */
  void kill() {
    process.destroyForcibly();
    exitCodeWithin(60);
  }

  /** As a supervisor does: asks the process to end, and returns at once. */
  void terminate() {
    signal("TERM");
  }

  /** As Ctrl-C does. */
  void interrupt() {
    signal("INT");
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The exit code; null if it has not ended within that time. */
  Integer exitCodeWithin(long seconds) {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        return null;
      }
      reader.join(TimeUnit.SECONDS.toMillis(10));
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroy();
      if (exitCodeWithin(60) == null) {
        process.destroyForcibly();
      }
    }
  }
}
