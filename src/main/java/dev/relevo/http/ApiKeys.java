package dev.relevo.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose API keys are taken: a file with a line for each, the name of its owner and the key's
 * SHA-256. It is read again when it has changed, within a second; while it can't be read or makes
 * no sense, what it said last holds. Thread-safe.
 *
 * <p>A key has 256 random bits, so nobody finds it by trying; what slow hashes with a salt are for
 * is passwords that people choose (NIST SP 800-63B, 5.1.1.2, and 5.1.2.2 for look-up secrets).
 */
final class ApiKeys {
  private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
  private static final Duration CHECKED_EVERY = Duration.ofSeconds(1);
  private static final Pattern LINE =
      Pattern.compile("([a-z0-9][a-z0-9._-]{0,31})\\s+([0-9a-f]{64})");

  private final Path file;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Known known;

  /**
   * What the file said last, and how it looked, at a time by {@link System#nanoTime}; {@code look}
   * is null if it could not be looked at then.
   */
  private record Known(Map<String, String> ownerByHash, Look look, long at) {}

  private record Look(Object time, long size, Object inode) {}

  /**
   * @throws IllegalStateException if the file can't be read or makes no sense
   */
  ApiKeys(Path file) {
    this.file = file;
    try {
      Look look = look();
      this.known = new Known(parse(Files.readAllLines(file)), look, System.nanoTime());
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("relevo.api-keys: " + file + " can't be used: " + why(e), e);
    }
  }

  /** The name of the key's owner; empty if nobody has this key. */
  Optional<String> ownerOf(String key) {
    Known now = known;
    if (System.nanoTime() - now.at() > CHECKED_EVERY.toNanos() && reading.tryLock()) {
      try {
        now = known = refreshed(now);
      } finally {
        reading.unlock();
      }
    }
    return Optional.ofNullable(now.ownerByHash().get(Caller.hash(key)));
  }

  private Known refreshed(Known before) {
    try {
      Look look = look();
      if (look.equals(before.look())) {
        return new Known(before.ownerByHash(), look, System.nanoTime());
      }
      return reread(before, look);
    } catch (IOException e) {
      if (before.look() != null) {
        LOG.error("{} can't be read, the keys before hold: {}", file, why(e));
      }
      return new Known(before.ownerByHash(), null, System.nanoTime());
    }
  }

  private Known reread(Known before, Look look) throws IOException {
    Map<String, String> owners = before.ownerByHash();
    try {
      owners = parse(Files.readAllLines(file));
      LOG.info("{} has changed: {} API keys are taken now", file, owners.size());
    } catch (IllegalArgumentException e) {
      LOG.error("{} makes no sense, the keys before hold: {}", file, why(e));
    }
    return new Known(owners, look, System.nanoTime());
  }

  /** Before the file is read: what changes after it is noticed at the next look. */
  private Look look() throws IOException {
    BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
    return new Look(is.lastModifiedTime(), is.size(), is.fileKey());
  }

  private static String why(Exception e) {
    return e instanceof IllegalArgumentException ? e.getMessage() : e.toString();
  }

  /** Two keys may have one owner: the old one and the new one, while it changes. */
  private static Map<String, String> parse(List<String> lines) {
    Map<String, String> owners = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "line "
                + (i + 1)
                + " is not a name (of a-z, 0-9, '.', '_' and '-', 32 characters at most) and the"
                + " SHA-256 of a key in 64 hexadecimal digits");
      }
      String other = owners.put(matcher.group(2), matcher.group(1));
      if (other != null && !other.equals(matcher.group(1))) {
        throw new IllegalArgumentException("line " + (i + 1) + " has the key of " + other);
      }
    }
    return Map.copyOf(owners);
  }
}
