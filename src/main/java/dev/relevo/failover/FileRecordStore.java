package dev.relevo.failover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The record as {@code record.json} in a folder of its own, for one watchdog at a time.
 *
 * <p>A new record is written beside the old one, forced to the disk, renamed over it, and the
 * folder forced too, so that a crash leaves the old or the new one, whole. A file that is there and
 * can't be understood is a refusal, never a reason to begin anew.
 */
public final class FileRecordStore implements RecordStore, AutoCloseable {
  private static final int FORMAT = 1;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private final Path folder;
  private final Path file;
  private final FileChannel lockFile;
  private final FileLock lock;

  private FileRecordStore(Path folder, FileChannel lockFile, FileLock lock) {
    this.folder = folder;
    this.file = folder.resolve("record.json");
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Opens the folder, which is made if it isn't there.
   *
   * @throws RecordException if it can't be used, or another watchdog uses it
   */
  public static FileRecordStore in(Path folder) {
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new FileRecordStore(folder, channel, lock);
      }
      channel.close();
    } catch (OverlappingFileLockException e) {
      closeQuietly(channel);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new RecordException("The folder " + folder + " can't be used: " + e.getMessage(), e);
    }
    throw new RecordException("Another watchdog uses the folder " + folder, null);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // what led here is what is told
    }
  }

  /** The file's content. */
  private record Content(
      int format,
      long epoch,
      String primary,
      boolean peer_in_sync,
      String primary_incarnation,
      String peer_incarnation,
      List<String> reprovision,
      boolean paused,
      long promoted_at_millis) {

    static Content of(PairRecord record) {
      return new Content(
          FORMAT,
          record.epoch(),
          record.primary().id(),
          record.peerInSync(),
          record.primaryIncarnation().orElse(null),
          record.peerIncarnation().orElse(null),
          new TreeSet<>(record.reprovision()).stream().map(NodeId::id).toList(),
          record.paused(),
          record.promotedAtMillis());
    }

    PairRecord record() {
      if (format != FORMAT) {
        throw new IllegalArgumentException("its format is " + format + ", not " + FORMAT);
      }
      Set<NodeId> nodes = reprovision.stream().map(NodeId::of).collect(Collectors.toSet());
      return new PairRecord(
          epoch,
          NodeId.of(primary),
          peer_in_sync,
          Optional.ofNullable(primary_incarnation),
          Optional.ofNullable(peer_incarnation),
          nodes,
          paused,
          promoted_at_millis);
    }
  }

  @Override
  public Optional<PairRecord> load() {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new RecordException("The record " + file + " can't be read: " + e.getMessage(), e);
    }
    try {
      return Optional.of(JSON.readValue(bytes, Content.class).record());
    } catch (ValueInstantiationException | IllegalArgumentException | NullPointerException e) {
      throw corrupt(e.getMessage(), e);
    } catch (JsonProcessingException e) {
      throw corrupt(e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw corrupt(e.getMessage(), e);
    }
  }

  private RecordException corrupt(String why, Exception cause) {
    return new RecordException(
        "The record %s makes no sense (%s); put the right one there, or move it away and name the primary with POST /force"
            .formatted(file, why),
        cause);
  }

  @Override
  public void write(PairRecord record) {
    Path next = folder.resolve("record.json.next");
    try {
      byte[] bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(Content.of(record));
      try (FileChannel channel =
          FileChannel.open(
              next,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw new RecordException(
          "The record " + file + " isn't known to be written: " + e.getMessage(), e);
    }
  }

  /** Lets another watchdog have the folder. */
  @Override
  public void close() {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new RecordException("The folder " + folder + " isn't let go: " + e.getMessage(), e);
    }
  }
}
