package dev.relevo.launcher.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which server wrote a data folder last, kept in a file inside it. */
record DataVersion(Product product, Path data) {
  private static final String FILE = "relevo-engine";

  /**
   * @throws StartupFailure if this server cannot read the folder, or its passwords are lost
   */
  void check(Credentials credentials) throws IOException {
    Path file = data.resolve(FILE);
    String found = Files.exists(file) ? Files.readString(file).strip() : "an unknown server";
    String readable = product.label() + " " + product.series();
    if (!found.equals(readable) && !found.startsWith(readable + ".")) {
      throw new StartupFailure(
          "The folder %s holds data of %s, which %s %s cannot read: start the Relevo that made it, or choose another data folder."
              .formatted(data, found, product.label(), product.version()));
    }
    if (!credentials.has(product.key(), Product.ADMIN)) {
      throw new StartupFailure(
          "The passwords of the data in %s are missing: put %s back, or choose another data folder."
              .formatted(data, credentials.file()));
    }
  }

  /** To be called once the server runs on the folder. */
  void write() throws IOException {
    Files.writeString(data.resolve(FILE), product.label() + " " + product.version() + "\n");
  }
}
