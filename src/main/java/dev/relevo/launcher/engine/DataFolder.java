package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * The folder that holds everything the embedded topology keeps, in use by one Relevo at a time.
 *
 * <p>It holds a folder per engine, {@code .engines} with the unpacked servers, {@code logs}, {@code
 * credentials.properties}, {@code version} (of this layout) and {@code lock}.
 */
final class DataFolder implements AutoCloseable {
  /** Changes when a newer Relevo can no longer use an older one's folder as it is. */
  static final String LAYOUT = "1";

  private static final String INITIALISING = ".initialising-";

  private final Path root;
  private final FileChannel lockFile;
  private final Credentials credentials;

  private DataFolder(Path root, FileChannel lockFile, Credentials credentials) {
    this.root = root;
    this.lockFile = lockFile;
    this.credentials = credentials;
  }

  /**
   * Creates the folder if need be and takes its lock.
   *
   * @throws StartupFailure if it cannot be written, is in use, or is of another layout
   */
  static DataFolder open(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute);
      SecretFile.createDirectory(absolute.resolve("logs"));
      // Without symbolic links, so that a server left running is recognised by its folder.
      Path root = absolute.toRealPath();
      FileChannel lockFile = lock(root);
      try {
        checkLayout(root);
        deleteLeftovers(root);
        return new DataFolder(
            root, lockFile, new Credentials(root.resolve("credentials.properties")));
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StartupFailure(
          "The data folder %s cannot be written: %s. Make it writable for this user, or choose another folder."
              .formatted(absolute, FailedStart.reason(e)),
          e);
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    Path file = root.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very JVM: the same as held by another.
    }
    if (lock == null) {
      channel.close();
      throw new StartupFailure(
          "The data folder %s is in use by another Relevo (process %s): stop that one first, or choose another folder."
              .formatted(root, Files.readString(file).strip()));
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap(
            String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)),
        0);
    return channel;
  }

  private static void checkLayout(Path root) throws IOException {
    Path file = root.resolve("version");
    if (Files.exists(file)) {
      String found = Files.readString(file).strip();
      if (!found.equals(LAYOUT)) {
        throw new StartupFailure(
            "The data folder %s has layout %s, this Relevo knows layout %s: start the Relevo that made it, or choose another folder."
                .formatted(root, found, LAYOUT));
      }
    } else if (Stream.of("mariadb", "postgres", "mysql")
        .anyMatch(e -> Files.exists(root.resolve(e)))) {
      throw new StartupFailure(
          "The folder %s holds database files that are not Relevo's (it has no file \"version\"): choose another data folder."
              .formatted(root));
    } else {
      Files.writeString(file, LAYOUT + "\n");
    }
  }

  private static void deleteLeftovers(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(INITIALISING)) {
          FileSystemUtils.deleteRecursively(file);
        }
      }
    }
  }

  /** Where an engine's data is, once initialised. */
  Path engine(String key) {
    return root.resolve(key);
  }

  /** A place for an engine's data while it is being initialised; does not exist yet. */
  Path initialising(String key) {
    return root.resolve(INITIALISING + key + "-" + ProcessHandle.current().pid());
  }

  Path log(String key) {
    return root.resolve("logs").resolve(key + ".log");
  }

  Path distributions() {
    return root.resolve(".engines");
  }

  Credentials credentials() {
    return credentials;
  }

  /** Gives the lock back. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
