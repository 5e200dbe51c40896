package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ApiKeysTest {
  @TempDir Path folder;

  private Path file(String... lines) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), String.join("\n", lines) + "\n");
    return Files.move(next, folder.resolve("keys"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String line(String owner, String key) {
    return owner + " " + Caller.hash(key);
  }

  @Test
  void aKeyIsItsOwners() throws IOException {
    ApiKeys keys =
        new ApiKeys(file("# clients", "", line("shop", "a"), "  till.2\t" + Caller.hash("b")));

    assertThat(keys.ownerOf("a")).contains("shop");
    assertThat(keys.ownerOf("b")).contains("till.2");
    assertThat(keys.ownerOf("c")).isEmpty();
    assertThat(keys.ownerOf("")).isEmpty();
    assertThat(keys.ownerOf(Caller.hash("a"))).as("the hash itself").isEmpty();
  }

  @Test
  void anEmptyFileLetsNobodyIn() throws IOException {
    assertThat(new ApiKeys(file()).ownerOf("a")).isEmpty();
  }

  /** So that an owner can change from the one to the other. */
  @Test
  void anOwnerMayHaveTwo() throws IOException {
    ApiKeys keys = new ApiKeys(file(line("shop", "old"), line("shop", "new")));

    assertThat(keys.ownerOf("old")).contains("shop");
    assertThat(keys.ownerOf("new")).contains("shop");
  }

  @Test
  void whatIsAddedAndWhatIsRevokedIsKnownSoon() throws IOException {
    ApiKeys keys = new ApiKeys(file(line("shop", "a")));
    assertThat(keys.ownerOf("b")).isEmpty();

    file(line("till", "b"));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> keys.ownerOf("a").isEmpty() && keys.ownerOf("b").isPresent());
  }

  @Test
  void whatMakesNoSenseChangesNothing(CapturedOutput log) throws IOException {
    ApiKeys keys = new ApiKeys(file(line("shop", "a")));

    file(line("till", "b"), "till 1234");

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> keys.ownerOf("a").isPresent() && log.getAll().contains("line 2 is not"));
    assertThat(keys.ownerOf("a")).contains("shop");
    assertThat(keys.ownerOf("b")).isEmpty();

    file(line("till", "b"));

    await().atMost(Duration.ofSeconds(30)).until(() -> keys.ownerOf("b").isPresent());
  }

  @Test
  void aFileThatGoesAwayChangesNothingUntilItIsBack(CapturedOutput log) throws IOException {
    ApiKeys keys = new ApiKeys(file(line("shop", "a")));

    Files.delete(folder.resolve("keys"));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> keys.ownerOf("a").isPresent() && log.getAll().contains("can't be read"));

    file(line("till", "b"));

    await().atMost(Duration.ofSeconds(30)).until(() -> keys.ownerOf("a").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop", "shop 12", "Shop of two words", "shop  zz"})
  void aFileThatMakesNoSenseAtTheStartIsRefused(String line) throws IOException {
    Path file = file(line);

    assertThatThrownBy(() -> new ApiKeys(file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("relevo.api-keys")
        .hasMessageContaining("line 1");
  }

  @Test
  void aKeyOfTwoOwnersIsRefused() throws IOException {
    Path file = file(line("shop", "a"), line("till", "a"));

    assertThatThrownBy(() -> new ApiKeys(file)).hasMessageContaining("line 2 has the key of shop");
  }

  @Test
  void aFileThatIsNotThereAtTheStartIsRefused() {
    assertThatThrownBy(() -> new ApiKeys(folder.resolve("none")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("none");
  }
}
