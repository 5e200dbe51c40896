package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads from a server's log why it ended instead of starting. */
final class FailedStart {
  private static final List<String> SIGNS = List.of("[ERROR]", "FATAL", "ERROR", "error", "failed");

  private FailedStart() {}

  static boolean portWasTaken(Path log) throws IOException {
    return read(log).contains("Address already in use");
  }

  static StartupFailure explain(Product product, Path log) throws IOException {
    String text = read(log);
    if (text.contains("No space left on device")) {
      return new StartupFailure(
          "%s cannot start, for the disk is full: make room for the data folder (%s)."
              .formatted(product.label(), log.getParent().getParent()));
    }
    if (text.contains("Permission denied")) {
      return new StartupFailure(
          "%s may not read or write its files: make all of %s belong to this user, or choose another data folder."
              .formatted(product.label(), log.getParent().getParent()));
    }
    if (text.contains("unshare")) {
      return new StartupFailure(
          "%s does not run as root, and this system does not let it be started in a user namespace: start Relevo as an ordinary user."
              .formatted(product.label()));
    }
    return new StartupFailure(
        "%s ended instead of starting%s: its log is %s."
            .formatted(product.label(), firstSign(text), log));
  }

  private static String read(Path log) throws IOException {
    return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
  }

  /** What an I/O error means, without the name of its Java class where a plain word exists. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "permission denied on " + denied.getFile();
    }
    if (e instanceof FileAlreadyExistsException exists) {
      return exists.getFile() + " is no folder";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason() + ": " + file.getFile();
    }
    return e.toString();
  }

  private static String firstSign(String text) {
    for (String sign : SIGNS) {
      for (String line : text.lines().toList()) {
        if (line.contains(sign)) {
          return " (" + line.strip() + ")";
        }
      }
    }
    return "";
  }
}
