package dev.relevo.launcher.engine;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Properties;

/**
 * The passwords of all database users, made up at random when first asked for and kept in a file
 * only its owner may read. Thread-safe.
 */
final class Credentials {
  private final SecureRandom random = new SecureRandom();
  private final Properties passwords = new Properties();
  private final Path file;

  Credentials(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        passwords.load(reader);
      }
    }
  }

  Path file() {
    return file;
  }

  synchronized boolean has(String engine, String user) {
    return passwords.containsKey(engine + "." + user);
  }

  /**
   * The password of a user; if it is new, it is in the file when this returns. It consists of
   * letters, digits, {@code -} and {@code _}, and so needs no quoting anywhere.
   */
  synchronized String password(String engine, String user) throws IOException {
    String key = engine + "." + user;
    String known = passwords.getProperty(key);
    if (known != null) {
      return known;
    }
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    String made = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    passwords.setProperty(key, made);
    StringWriter text = new StringWriter();
    passwords.store(text, "Passwords of the embedded database servers in this folder");
    SecretFile.write(file, text.toString());
    return made;
  }
}
