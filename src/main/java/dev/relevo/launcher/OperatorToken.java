package dev.relevo.launcher;

import dev.relevo.launcher.engine.StartupFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The embedded topology's operator credential: made at the first start, kept in a file that only
 * its owner reads.
 */
final class OperatorToken {
  private OperatorToken() {}

  /** The token in that file, which is written if it is not there. */
  static String in(Path file) {
    try {
      if (!Files.exists(file)) {
        Path draft =
            Files.createTempFile(
                file.toAbsolutePath().getParent(),
                ".operator-token",
                null,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, EmbeddedTopology.newToken(), StandardCharsets.US_ASCII);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new StartupFailure(
          "The operators' token in " + file + " cannot be read or written: " + e.getMessage(), e);
    }
  }
}
