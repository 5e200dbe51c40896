package dev.relevo.launcher.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life cycle of the real servers. */
@Timeout(240)
class EnginesIT {
  @TempDir Path temporary;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();

  @Test
  void aRowIsFoundAgainAfterARestart() throws Exception {
    Path data = temporary.resolve("data with a space, in a folder whose name is long".repeat(2));
    try (Engines engines = open(data)) {
      engines.start().get(150, TimeUnit.SECONDS);
      for (DatabaseAccess database : all(engines)) {
        Sql.asMigrator(database, "CREATE TABLE kept (id INT PRIMARY KEY)");
        Sql.asApp(database, "INSERT INTO kept VALUES (42)");
      }
    }
    assertThat(servers(data)).isEmpty();
    said.clear();

    try (Engines engines = open(data)) {
      engines.start().get(150, TimeUnit.SECONDS);
      for (DatabaseAccess database : all(engines)) {
        assertThat(Sql.query(database, "SELECT id FROM kept")).containsExactly("42");
      }
    }
    assertThat(said).noneMatch(sentence -> sentence.contains("creating"));
  }

  @Test
  void aServerThatIsKilledComesBackWithWhatWasCommitted() throws Exception {
    try (Engines engines = open(temporary)) {
      engines.start().get(150, TimeUnit.SECONDS);
      for (DatabaseAccess database : all(engines)) {
        Sql.asMigrator(database, "CREATE TABLE kept (id INT PRIMARY KEY)");
        Sql.asApp(database, "INSERT INTO kept VALUES (42)");
      }

      List<ProcessHandle> killed = servers(temporary);
      assertThat(killed).hasSize(3).allMatch(ProcessHandle::destroyForcibly);

      for (DatabaseAccess database : all(engines)) {
        await()
            .atMost(Duration.ofSeconds(90))
            .ignoreExceptions()
            .until(() -> Sql.query(database, "SELECT id FROM kept").contains("42"));
      }
      assertThat(servers(temporary)).hasSize(3).doesNotContainAnyElementsOf(killed);
    }
    assertThat(servers(temporary)).isEmpty();
  }

  @Test
  void theServersOfAKilledRelevoAreStoppedBeforeTheNextStart() throws Exception {
    Process relevo = EnginesProcess.start(temporary, distributions());
    awaitReady(relevo.inputReader());
    relevo.destroyForcibly().waitFor();
    List<ProcessHandle> leftover = servers(temporary);
    assertThat(leftover).hasSize(3);

    try (Engines engines = open(temporary)) {
      engines.start().get(150, TimeUnit.SECONDS);

      assertThat(said)
          .filteredOn(sentence -> sentence.contains("an earlier Relevo left running"))
          .hasSize(3);
      assertThat(leftover).noneMatch(ProcessHandle::isAlive);
      assertThat(Sql.query(engines.orders(), "SELECT 1")).containsExactly("1");
    }
    assertThat(Files.readString(temporary.resolve("logs/mysql.log.1")))
        .as("the leftover MySQL was not killed")
        .contains("Shutdown complete");
  }

  @Test
  void ctrlCReachesTheServersOnlyThroughClose() throws Exception {
    Process relevo = EnginesProcess.start(temporary, distributions());
    BufferedReader output = relevo.inputReader();
    awaitReady(output);

    // The terminal sends the signal to every process of the group in the foreground.
    new ProcessBuilder("sh", "-c", "kill -INT -" + relevo.pid()).start().waitFor();

    assertThat(output.lines()).filteredOn(EnginesProcess.ANSWERED::equals).hasSize(3);
    relevo.waitFor();
    assertThat(servers(temporary)).isEmpty();
  }

  @Test
  void closeGivesUpAStartInProgress() throws Exception {
    CompletableFuture<Void> start;
    try (Engines engines = open(temporary)) {
      start = engines.start();
      await().until(() -> said.stream().anyMatch(s -> s.contains("creating its data folder")));
    }

    assertThatThrownBy(() -> start.get(1, TimeUnit.SECONDS)).hasMessageContaining("was closed");
    assertThat(servers(temporary)).isEmpty();
    assertThat(temporary.resolve("mariadb")).doesNotExist();
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Engines engines = open(new Ports(other.getLocalPort(), 0, 0))) {
      assertThatThrownBy(engines.mariadb()::start)
          .isInstanceOf(StartupFailure.class)
          .hasMessage(
              "Port %d on 127.0.0.1, which MariaDB is to use, is taken: stop the program that listens there, or choose another port with the property relevo.mariadb.port."
                  .formatted(other.getLocalPort()));
    }
  }

  @Test
  void dataOfAnotherVersionIsNotTouched() throws Exception {
    Path data = Files.createDirectory(temporary.resolve("mysql"));
    Files.writeString(temporary.resolve("version"), DataFolder.LAYOUT);
    Files.writeString(data.resolve("relevo-engine"), "MySQL 8.4.3");

    try (Engines engines = open(temporary)) {
      assertThatThrownBy(engines::reports)
          .isInstanceOf(StartupFailure.class)
          .hasMessageContaining("holds data of MySQL 8.4.3, which MySQL 8.0.31 cannot read:");
    }
    assertThat(data).isDirectoryNotContaining(file -> !file.endsWith("relevo-engine"));
  }

  @Test
  void dataWithoutItsPasswordsIsNotTouched() throws Exception {
    Path data = Files.createDirectory(temporary.resolve("mysql"));
    Files.writeString(temporary.resolve("version"), DataFolder.LAYOUT);
    Files.writeString(data.resolve("relevo-engine"), "MySQL 8.0.31");

    try (Engines engines = open(temporary)) {
      assertThatThrownBy(engines::reports)
          .isInstanceOf(StartupFailure.class)
          .hasMessageContaining("credentials.properties back, or choose another data folder.");
    }
  }

  @Test
  void everyMissingLibraryIsNamed() throws IOException {
    MySql mysql = new MySql();
    Path complete = mysql.distribution().unpackInto(distributions(), () -> {});
    Path program = temporary.resolve(mysql.program());
    Files.createDirectory(program.getParent());
    Files.copy(complete.resolve(mysql.program()), program);

    assertThatThrownBy(() -> new Libraries(mysql, temporary).check())
        .isInstanceOf(StartupFailure.class)
        .hasMessageContaining("MySQL needs libcrypto.so.1.1 and libssl.so.1.1 and libprotobuf");
  }

  private Engines open(Path data) {
    return Engines.in(data, distributions(), Ports.FREE, said::add);
  }

  private Engines open(Ports ports) {
    return Engines.in(temporary, distributions(), ports, said::add);
  }

  private static Path distributions() {
    return TestEngines.DISTRIBUTIONS;
  }

  private static List<DatabaseAccess> all(Engines engines) {
    return List.of(engines.inventory(), engines.orders(), engines.saga(), engines.reports());
  }

  /** The running servers of a data folder. */
  private static List<ProcessHandle> servers(Path data) throws IOException {
    Path real = data.toRealPath();
    return Stream.of(new MariaDb(), new PostgreSql(), new MySql())
        .map(
            product ->
                Host.find(
                    Path.of(product.program()).getFileName().toString(),
                    product.dataArguments(real.resolve(product.key()))))
        .flatMap(Optional::stream)
        .toList();
  }

  private static void awaitReady(BufferedReader output) {
    assertThat(output.lines().anyMatch(EnginesProcess.READY::equals)).isTrue();
  }
}
