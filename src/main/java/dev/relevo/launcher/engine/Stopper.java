package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Stops a server: cleanly, or by force when that takes too long.
 *
 * @param product the server
 * @param home its unpacked distribution
 * @param progress gets what has to be said
 */
record Stopper(Product product, Path home, Consumer<String> progress) {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  void stop(ProcessHandle server) throws IOException, InterruptedException {
    product.stop(home, server);
    if (!Host.awaitExit(server, LIMIT)) {
      progress.accept("killed, for it did not stop within " + LIMIT.toSeconds() + " s");
      server.destroyForcibly();
      Host.awaitExit(server, LIMIT);
    }
  }

  /** A Relevo that was killed leaves its servers running; they would hold the data folder. */
  void stopLeftover(Path data) throws IOException, InterruptedException {
    String program = Path.of(product.program()).getFileName().toString();
    Optional<ProcessHandle> leftover = Host.find(program, product.dataArguments(data));
    if (leftover.isPresent()) {
      progress.accept(
          "stopping the server that an earlier Relevo left running (process %d)"
              .formatted(leftover.get().pid()));
      stop(leftover.get());
    }
  }
}
