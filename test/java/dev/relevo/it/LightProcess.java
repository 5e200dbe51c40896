package dev.relevo.it;

import static org.awaitility.Awaitility.await;

import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.DatabaseAccess;
import dev.relevo.role.middleware.LightMiddleware;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A {@link LightMiddleware} in a JVM of its own. */
final class LightProcess implements AutoCloseable {
  /** How long a start may take on a busy machine; it usually takes less than 3 s. */
  private static final Duration STARTING = Duration.ofSeconds(90);

  private static final int KEPT_LINES = 200;
  private static final Path FOLDER = Path.of("target", "kills").toAbsolutePath();

  private final String name;
  private final Process process;
  private final PrintWriter commands;
  private final Deque<String> log = new ConcurrentLinkedDeque<>();
  private final BiConsumer<LightProcess, String[]> listener;
  private final long startedMillis = System.currentTimeMillis();
  private volatile long readyMillis;
  private volatile long diedMillis;
  private volatile String diedAt;

  /**
   * @param port the port to listen on
   * @param urls the addresses of the participants, such as {@code inventory.url.a}
   * @param listener is told each line that says what the process does, as words: the time first
   */
  LightProcess(
      String name,
      int port,
      DatabaseAccess journal,
      Map<String, String> urls,
      BiConsumer<LightProcess, String[]> listener) {
    this.name = name;
    this.listener = listener;
    try {
      process = new ProcessBuilder(command(port, journal, urls)).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    commands = new PrintWriter(process.outputWriter(StandardCharsets.US_ASCII), true);
    Thread reader = new Thread(this::hearAll, "output-of-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  private void hearAll() {
    try {
      process.inputReader().lines().forEach(this::hear);
    } catch (UncheckedIOException e) {
      // To kill a process closes its output, also for who reads it at this moment.
      if (diedMillis == 0) {
        throw e;
      }
    }
  }

  private static List<String> command(int port, DatabaseAccess journal, Map<String, String> urls) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // All for the start: the classes as an earlier process has laid them out, if there is one.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
    command.add(
        (Files.exists(Archive.FILE) ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=")
            + Archive.FILE);
    command.addAll(List.of("-cp", Archive.CLASS_PATH, LightMiddleware.class.getName()));
    command.add("server.port=" + port);
    command.add("relevo.service-token=" + TestTopology.SERVICE_TOKEN);
    command.add("relevo.admission.patience=60s");
    command.add("spring.datasource.url=" + journal.jdbcUrl());
    command.add("spring.datasource.username=" + journal.appUser());
    command.add("spring.datasource.password=" + journal.appPassword());
    urls.forEach((key, url) -> command.add(key + "=" + url));
    return command;
  }

  /** The class path as jars, for classes in folders can't be laid out, and the layout. */
  private static final class Archive {
    private static final String CLASS_PATH = classPath();
    private static final Path FILE =
        FOLDER.resolve("light-" + ProcessHandle.current().pid() + ".jsa");

    private static String classPath() {
      try {
        Files.createDirectories(FOLDER);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      FOLDER.toFile().deleteOnExit();
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(entry -> Path.of(entry).toAbsolutePath())
          .filter(Files::exists)
          .map(entry -> Files.isDirectory(entry) ? jar(entry) : entry)
          .map(Path::toString)
          .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path jar(Path folder) {
      Path jar =
          FOLDER.resolve(folder.getFileName() + "-" + ProcessHandle.current().pid() + ".jar");
      int code =
          ToolProvider.findFirst("jar")
              .orElseThrow()
              .run(System.out, System.err, "-c0f", jar.toString(), "-C", folder.toString(), ".");
      if (code != 0) {
        throw new IllegalStateException("No jar of " + folder);
      }
      jar.toFile().deleteOnExit();
      return jar;
    }
  }

  private void hear(String line) {
    if (!line.startsWith("@ ")) {
      log.addLast(line);
      if (log.size() > KEPT_LINES) {
        log.removeFirst();
      }
      return;
    }
    String[] words = line.substring(2).split(" ");
    long at = Long.parseLong(words[0]);
    switch (words[1]) {
      case "ready" -> readyMillis = at;
      case "dying" -> {
        diedMillis = at;
        diedAt = words[2];
      }
      default -> listener.accept(this, words);
    }
  }

  String name() {
    return name;
  }

  LightProcess awaitReady() {
    await(name + " is ready")
        .atMost(STARTING)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> readyMillis > 0 || !process.isAlive());
    if (readyMillis == 0) {
      throw new IllegalStateException(name + " ended at its start:\n" + log());
    }
    return this;
  }

  /** How long it took until it was ready. */
  Duration startTook() {
    return Duration.ofMillis(readyMillis - startedMillis);
  }

  /** Has it end by itself at a boundary. */
  void arm(String point, int times, long delayMicros) {
    commands.println("arm " + point + " " + times + " " + delayMicros);
  }

  /** As the kernel does when memory runs out. */
  void kill() {
    diedMillis = System.currentTimeMillis();
    process.destroyForcibly();
  }

  /** Whether it has ended within that time. */
  boolean isDeadWithin(Duration time) {
    try {
      return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** When it died, in milliseconds since 1970; 0 if it wasn't killed. */
  long diedMillis() {
    return diedMillis;
  }

  /** The boundary at which it ended by itself; null if it didn't. */
  String diedAt() {
    return diedAt;
  }

  String log() {
    return String.join("\n", log);
  }

  /** Has it end in peace. */
  @Override
  public void close() {
    commands.println("exit");
    if (!isDeadWithin(Duration.ofSeconds(60))) {
      process.destroyForcibly();
    }
  }
}
