package dev.relevo.launcher.engine;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.FileSystemUtils;

/**
 * The files of one server, as they come on the class path.
 *
 * @param name a folder name that tells product and version
 * @param resource a folder (its name ends with {@code /}) or a compressed tar archive
 * @param wanted which of its files a server needs, by their path inside it
 */
record Distribution(String name, String resource, Predicate<String> wanted) {

  /**
   * Unpacks the files unless that was done before, and returns their folder. They are unpacked
   * aside and renamed into place, so a half-unpacked folder is never used.
   *
   * @param cache where unpacked servers are kept
   * @param unpacking is run before unpacking starts, and not when there is nothing to do
   */
  Path unpackInto(Path cache, Runnable unpacking) throws IOException {
    Path home = cache.resolve(name);
    if (Files.isDirectory(home)) {
      return home;
    }
    unpacking.run();
    Files.createDirectories(cache);
    Path aside = cache.resolve(".unpacking-" + UUID.randomUUID());
    try {
      if (resource.endsWith("/")) {
        copyFolder(aside);
      } else {
        extractArchive(aside);
      }
      try {
        Files.move(aside, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        // Another process was faster; what it put there is the same.
        if (!Files.isDirectory(home)) {
          throw e;
        }
      }
      return home;
    } finally {
      FileSystemUtils.deleteRecursively(aside);
    }
  }

  private void copyFolder(Path target) throws IOException {
    var resolver = new PathMatchingResourcePatternResolver(getClass().getClassLoader());
    for (Resource file : resolver.getResources("classpath*:" + resource + "**")) {
      String url = file.getURL().toString();
      String path = url.substring(url.lastIndexOf(resource) + resource.length());
      if (!path.isEmpty() && !path.endsWith("/") && wanted.test(path)) {
        try (InputStream in = file.getInputStream()) {
          write(in, target.resolve(path), path.startsWith("bin/"));
        }
      }
    }
  }

  private void extractArchive(Path target) throws IOException {
    try (InputStream file = getClass().getClassLoader().getResourceAsStream(resource)) {
      if (file == null) {
        throw new IOException(resource + " is not on the class path");
      }
      InputStream plain =
          new CompressorStreamFactory()
              .createCompressorInputStream(new BufferedInputStream(file, 1 << 16));
      var tar = new TarArchiveInputStream(plain);
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        String path = entry.getName().replaceFirst("^\\./", "");
        if (entry.isDirectory() || !wanted.test(path)) {
          continue;
        }
        Path to = target.resolve(path).normalize();
        if (!to.startsWith(target)) {
          throw new IOException(resource + " holds a path that leads out of it: " + path);
        }
        if (entry.isSymbolicLink()) {
          Files.createDirectories(to.getParent());
          Files.createSymbolicLink(to, Path.of(entry.getLinkName()));
        } else {
          write(tar, to, (entry.getMode() & 0100) != 0);
        }
      }
    } catch (CompressorException e) {
      throw new IOException(resource + " cannot be decompressed", e);
    }
  }

  private static void write(InputStream in, Path to, boolean executable) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(in, to);
    Files.setPosixFilePermissions(
        to, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }
}
