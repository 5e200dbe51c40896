package dev.relevo.launcher.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedStartTest {
  @TempDir Path data;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          write failed: No space left on device                                 | MySQL cannot start, for the disk is full: make room
          [ERROR] Can't create file './x' (errno: 13 - Permission denied)       | MySQL may not read or write its files: make all of
          unshare: unshare failed: Operation not permitted                      | MySQL does not run as root, and this system does not let it
          setsid: failed to execute unshare: No such file or directory          | MySQL does not run as root, and this system does not let it
          note\\n9 [ERROR] [MY-012574] Unable to lock ./ibdata1\\n[ERROR] Aborting | MySQL ended instead of starting (9 [ERROR] [MY-012574] Unable to lock ./ibdata1): its log is
          nothing of note                                                       | MySQL ended instead of starting: its log is
          """)
  void tellsFromTheLog(String written, String sentence) throws IOException {
    assertThat(FailedStart.explain(new MySql(), log(written)).getMessage()).startsWith(sentence);
  }

  @Test
  void recognisesAPortThatWasTakenMeanwhile() throws IOException {
    assertThat(FailedStart.portWasTaken(log("bind on TCP/IP port: Address already in use")))
        .isTrue();
    assertThat(FailedStart.portWasTaken(log("Shutdown complete"))).isFalse();
  }

  private Path log(String written) throws IOException {
    Path logs = Files.createDirectories(data.resolve("logs"));
    return Files.writeString(logs.resolve("mysql.log"), written.replace("\\n", "\n"));
  }
}
