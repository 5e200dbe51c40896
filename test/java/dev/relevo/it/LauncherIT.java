package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Client.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command, from its start to Ctrl-C. */
@Timeout(900)
class LauncherIT {
  private static final Pattern CURL =
      Pattern.compile(
          "curl -i -X POST (http://127\\.0\\.0\\.1:\\d+)(/orders) -H 'Content-Type:"
              + " application/json' -d '(.*)'");

  @TempDir Path folder;

  /** The temporary folder is deleted, not what the link leads to. */
  @AfterEach
  void unlinkTheServers() throws IOException {
    Files.deleteIfExists(folder.resolve("data/.engines"));
  }

  @Test
  void anOrderIsPlacedAndFoundAgainAfterARestart() throws IOException {
    Answer placed;
    try (RelevoProcess relevo = RelevoProcess.startTopology(folder)) {
      Matcher curl = curlOf(relevo);
      assertThat(relevo.text())
          .contains(
              "starting the embedded topology on Java",
              "MariaDB 11",
              "PostgreSQL 17",
              "MySQL 8",
              "creating its data folder",
              "middleware: ready on",
              "reports-b: ready on",
              "Ctrl-C stops it; the data stays.")
          .doesNotContain("\tat ", "Exception");
      Client client = new Client(curl.group(1), new Ledger());
      placed = client.post(curl.group(2), curl.group(3));
      assertThat(placed.status()).as(placed.toString()).isEqualTo(200);
      assertThat(placed.json().get("stock").get("stock").asInt()).isEqualTo(999_998);

      Answer second = sameDataTwice();
      assertThat(second.status()).isEqualTo(1);
      assertThat(second.body()).contains("is in use by another Relevo (process ");

      assertStopsCleanly(relevo);
    }

    try (RelevoProcess relevo = RelevoProcess.startTopology(folder)) {
      Client client = new Client(curlOf(relevo).group(1), new Ledger());
      assertThat(relevo.text()).doesNotContain("creating its data folder");
      long id = placed.json().get("order").get("id").asLong();
      Answer found = client.get("/orders/" + id);
      assertThat(found.json()).isEqualTo(placed.json().get("order"));
      Answer sagas =
          client.get(
              "/sagas",
              "Authorization",
              "Bearer " + Files.readString(folder.resolve("data/operator-token")).strip());
      assertThat(sagas.json().get("items").get(0).get("state").asText()).isEqualTo("COMPLETED");
      assertStopsCleanly(relevo);
    }
  }

  private static Matcher curlOf(RelevoProcess relevo) {
    Matcher curl = CURL.matcher(relevo.awaitLine("curl -i -X POST"));
    assertThat(curl.find()).as(relevo.text()).isTrue();
    relevo.awaitLine("Ctrl-C stops it");
    return curl;
  }

  private void assertStopsCleanly(RelevoProcess relevo) {
    relevo.interrupt();
    assertThat(relevo.exitCodeWithin(30)).as(relevo.text()).isIn(0, 130, 143);
    assertThat(relevo.text())
        .contains("] stopping", "MariaDB 11.4.5: stopped", "] stopped")
        .doesNotContain("\tat ", "did not stop cleanly");
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(
            process ->
                process
                    .info()
                    .commandLine()
                    .map(line -> line.contains(folder.toString()))
                    .orElse(false));
  }

  private Answer sameDataTwice() {
    try (RelevoProcess second = RelevoProcess.startTopology(folder)) {
      Integer code = second.exitCodeWithin(120);
      return new Answer(code == null ? -1 : code, second.text(), null, Shop.PATIENCE);
    }
  }

  @Test
  void helpIsPrinted() {
    for (String help : new String[] {"--help", "-h"}) {
      try (RelevoProcess relevo = RelevoProcess.start(folder, help)) {
        assertThat(relevo.exitCodeWithin(120)).isZero();
        assertThat(relevo.text())
            .startsWith("Relevo takes orders")
            .contains("Usage:", "middleware", "--relevo.data=./data");
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void anArgumentThatMeansNothing() {
    assertRefused(
        RelevoProcess.start(folder, "frobnicate"),
        "\"frobnicate\" is neither a role nor a setting (--key=value); --help lists both.");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aPortThatIsNone() {
    assertRefused(
        RelevoProcess.start(
            folder, "--relevo.data=" + folder.resolve("data"), "--relevo.orders-b.port=many"),
        "The property relevo.orders-b.port is \"many\"");
  }

  @Test
  void aPortThatIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertRefused(
          RelevoProcess.start(
              folder,
              "--relevo.data=" + folder.resolve("data"),
              "--relevo.middleware.port=" + port),
          "Port " + port + " of middleware is taken by another program",
          "--relevo.middleware.port=<port>");
    }
  }

  @Test
  void aDataFolderThatCannotBeWritten() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertRefused(
        RelevoProcess.start(folder, "--relevo.data=" + file.resolve("data")),
        "The data folder " + file.resolve("data") + " cannot be written",
        "choose another folder");
  }

  @Test
  void aDataFolderOfAnotherVersion() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(data.resolve("version"), "99\n");
    assertRefused(RelevoProcess.startTopology(folder), "has layout 99, this Relevo knows layout");
  }

  private static void assertRefused(RelevoProcess started, String... sentences) {
    try (RelevoProcess relevo = started) {
      assertThat(relevo.exitCodeWithin(120)).as(relevo.text()).isEqualTo(1);
      assertThat(relevo.text())
          .contains("Relevo could not start. ")
          .contains(sentences)
          .doesNotContain("\tat ", "Exception");
    }
  }
}
