package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The shared libraries a server needs from the system. */
record Libraries(Product product, Path home) {
  private static final Map<String, String> DEBIAN_PACKAGES =
      Map.of(
          "libaio.so.1", "libaio1 (libaio1t64 on newer releases)",
          "libnuma.so.1", "libnuma1",
          "libsystemd.so.0", "libsystemd0",
          "libcrypt.so.1", "libcrypt1",
          "libstdc++.so.6", "libstdc++6");

  /**
   * @throws StartupFailure if one is missing
   */
  void check() throws IOException {
    List<String> missing = Host.missingLibraries(home.resolve(product.program()));
    if (!missing.isEmpty()) {
      throw new StartupFailure(
          "%s needs %s, which this machine lacks: on Debian or Ubuntu, install %s."
              .formatted(
                  product.label(),
                  String.join(" and ", missing),
                  missing.stream()
                      .map(
                          library ->
                              DEBIAN_PACKAGES.getOrDefault(
                                  library, "the package that holds " + library))
                      .collect(Collectors.joining(" and "))));
    }
  }
}
