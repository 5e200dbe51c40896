package dev.relevo.launcher.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What the engines need to know of, and ask from, the operating system. */
final class Host {
  private Host() {}

  /**
   * @throws StartupFailure if the servers' binaries are for another system
   */
  static void requireSupported() {
    String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    if (!system.equals("Linux on amd64")) {
      throw new StartupFailure(
          "The embedded database servers are made for Linux on amd64, this is %s: use the containers instead."
              .formatted(system));
    }
  }

  static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the program is on the PATH. */
  static boolean has(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return Stream.of(path.split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, program)));
  }

  /**
   * Starts a process that does not get the terminal's Ctrl-C, if {@code setsid} is installed: the
   * server must outlive the applications, which still write when the signal arrives. Its output
   * goes to a file and not to a pipe, so it also survives this JVM being killed.
   *
   * @param input what the process reads, {@code /dev/null} for nothing
   */
  static Process start(List<String> command, Path input, Path log) throws IOException {
    List<String> whole = new ArrayList<>();
    if (has("setsid")) {
      // setsid and unshare replace themselves by the server: the pid stays the same.
      whole.add("setsid");
    }
    whole.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(whole);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("PG") || name.startsWith("MYSQL"));
    builder.redirectInput(input.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return builder.start();
  }

  /** The process that was started with exactly this argument, by the program of this name. */
  static Optional<ProcessHandle> find(String program, List<String> arguments) {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              List<String> line = commandLine(process.pid());
              return !line.isEmpty()
                  && line.get(0).endsWith("/" + program)
                  && Collections.indexOfSubList(line, arguments) > 0;
            })
        .findFirst();
  }

  /** Whether the process is gone within the limit. */
  static boolean awaitExit(ProcessHandle process, Duration limit) throws InterruptedException {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Empty if there is no such process or it is another user's. */
  static List<String> commandLine(long pid) {
    try {
      return List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The shared libraries a program asks for that this machine does not have. */
  static List<String> missingLibraries(Path program) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(program.toString());
    // The dynamic loader lists what it would load and starts nothing: what ldd does.
    builder.environment().put("LD_TRACE_LOADED_OBJECTS", "1");
    builder.redirectErrorStream(true);
    Process process = builder.start();
    try (Stream<String> lines = process.inputReader().lines()) {
      return lines
          .filter(line -> line.contains("not found"))
          .map(line -> line.strip().split(" ")[0])
          .distinct()
          .toList();
    }
  }
}
