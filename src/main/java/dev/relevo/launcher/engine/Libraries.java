package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The shared libraries a server needs from the system.
 *
 * @param product the server
 * @param home its unpacked distribution
 */
record Libraries(Product product, Path home) {
  private static final String AIO = "libaio.so.1";
  private static final Map<String, String> DEBIAN_PACKAGES =
      Map.of(
          AIO,
          "libaio1 (on newer releases libaio1t64)",
          "libnuma.so.1",
          "libnuma1",
          "libsystemd.so.0",
          "libsystemd0",
          "libcrypt.so.1",
          "libcrypt1",
          "libstdc++.so.6",
          "libstdc++6");

  /**
   * @throws StartupFailure if one is missing
   */
  void check() throws IOException {
    Path program = home.resolve(product.program());
    List<String> missing = Host.missingLibraries(program);
    if (missing.contains(AIO) && linkRenamedAio()) {
      missing = Host.missingLibraries(program);
    }
    if (!missing.isEmpty()) {
      throw new StartupFailure(
          "%s needs %s, which this machine lacks: on Debian or Ubuntu, install %s."
              .formatted(
                  product.label(),
                  String.join(" and ", missing),
                  missing.stream()
                      .map(name -> DEBIAN_PACKAGES.getOrDefault(name, "what holds " + name))
                      .collect(Collectors.joining(" and "))));
    }
  }

  /**
   * Debian 13 and Ubuntu 24.04 renamed the library in their change to 64-bit times, which on this
   * architecture changed nothing in it. A link under the old name where the server looks first
   * makes it found.
   */
  private boolean linkRenamedAio() throws IOException {
    Path renamed = Path.of("/usr/lib/x86_64-linux-gnu", AIO + "t64");
    if (!Files.exists(renamed)) {
      return false;
    }
    try {
      Files.createSymbolicLink(home.resolve("lib/private").resolve(AIO), renamed);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster.
    }
    return true;
  }
}
