package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;

/**
 * Creates a server's empty data folder with one account, aside, and renames it into place: a
 * half-made one is never used.
 */
final class Initialisation {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  private final Product product;
  private final Path home;
  private final DataFolder folder;
  private final Path log;
  private volatile boolean aborted;
  private volatile Process process;

  Initialisation(Product product, Path home, DataFolder folder, Path log) {
    this.product = product;
    this.home = home;
    this.folder = folder;
    this.log = log;
  }

  /**
   * @throws StartupFailure if the server's own initialisation fails
   */
  void run() throws IOException, InterruptedException {
    Path aside = folder.initialising(product.key());
    Path secret = aside.resolveSibling(aside.getFileName() + ".secret");
    try {
      SecretFile.createDirectory(aside);
      String password = folder.credentials().password(product.key(), Product.ADMIN);
      SecretFile.write(secret, product.secret(home, password));
      process =
          Host.start(product.initialise(home, aside, secret), product.initialiseInput(secret), log);
      if (aborted) {
        process.destroyForcibly();
      }
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw FailedStart.explain(product, log);
      }
      new DataVersion(product, aside).write();
      Path data = folder.engine(product.key());
      Files.move(aside, data, StandardCopyOption.ATOMIC_MOVE);
      // What is committed into the folder must not vanish with the folder's name in a power cut.
      try (FileChannel parent = FileChannel.open(data.getParent())) {
        parent.force(true);
      }
    } finally {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
      Files.deleteIfExists(secret);
      FileSystemUtils.deleteRecursively(aside);
    }
  }

  /** Makes {@link #run} fail soon, from another thread. */
  void abort() {
    aborted = true;
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }
}
