package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads from a server's log why it ended instead of starting. */
final class FailedStart {
  private static final List<String> SIGNS = List.of("[ERROR]", "FATAL", "ERROR", "error", "failed");

  private FailedStart() {}

  static StartupFailure explain(Product product, Port port, Path log) throws IOException {
    String text =
        Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
    if (text.contains("Address already in use")) {
      return port.taken();
    }
    if (text.contains("No space left on device")) {
      return new StartupFailure(
          "%s cannot start, for the disk is full: make room for the data folder (%s)."
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
