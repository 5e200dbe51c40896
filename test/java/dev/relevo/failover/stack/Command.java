package dev.relevo.failover.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a program of this machine to its end. */
final class Command {
  private Command() {}

  /** What a program wrote, and how it ended. */
  record Result(int status, String output) {}

  /**
   * @return what it wrote, without white space at the ends
   * @throws IllegalStateException if it failed, with what it wrote
   */
  static String run(Path folder, Map<String, String> environment, List<String> command) {
    Result result = attempt(folder, environment, command);
    if (result.status() != 0) {
      throw new IllegalStateException(
          "%s ended with %d: %s"
              .formatted(String.join(" ", command), result.status(), result.output()));
    }
    return result.output();
  }

  static Result attempt(Path folder, Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(devNull()));
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output.strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static java.io.File devNull() {
    return new java.io.File("/dev/null");
  }
}
