package dev.relevo.launcher.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path temporary;

  @Test
  void isCreatedAndOpenedAgain() throws IOException {
    Path data = temporary.resolve("a/b");
    DataFolder.open(data).close();
    try (DataFolder again = DataFolder.open(data)) {
      assertThat(again.engine("mysql")).isEqualTo(data.toRealPath().resolve("mysql"));
    }
    assertThat(data.resolve("version")).hasContent(DataFolder.LAYOUT);
  }

  @Test
  void servesOneRelevoAtATime() throws IOException {
    try (DataFolder first = DataFolder.open(temporary)) {
      assertThatThrownBy(() -> DataFolder.open(temporary))
          .isInstanceOf(StartupFailure.class)
          .hasMessage(
              "The data folder %s is in use by another Relevo (process %d): stop that one first, or choose another folder.",
              temporary.toRealPath(), ProcessHandle.current().pid());
      assertThat(first.credentials()).isNotNull();
    }
  }

  @Test
  void saysThatItCannotBeWritten() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> DataFolder.open(file.resolve("data")))
        .isInstanceOf(StartupFailure.class)
        .hasMessage(
            "The data folder %s/data cannot be written: Not a directory: %s/data. Make it writable for this user, or choose another folder.",
            file, file);
  }

  @Test
  void refusesAnotherLayout() throws IOException {
    Files.writeString(temporary.resolve("version"), "7\n");
    assertThatThrownBy(() -> DataFolder.open(temporary))
        .isInstanceOf(StartupFailure.class)
        .hasMessageContaining("has layout 7, this Relevo knows layout " + DataFolder.LAYOUT + ":");
  }

  @Test
  void refusesAFolderWithSomeoneElsesDatabase() throws IOException {
    Files.createDirectory(temporary.resolve("postgres"));
    assertThatThrownBy(() -> DataFolder.open(temporary))
        .isInstanceOf(StartupFailure.class)
        .hasMessageContaining("holds database files that are not Relevo's");
    assertThat(temporary.resolve("version")).doesNotExist();
  }

  @Test
  void isFreeAgainAfterARefusal() throws IOException {
    Path version = Files.writeString(temporary.resolve("version"), "7\n");
    assertThatThrownBy(() -> DataFolder.open(temporary)).isInstanceOf(StartupFailure.class);
    Files.delete(version);
    DataFolder.open(temporary).close();
  }

  @Test
  void deletesWhatAnUnfinishedInitialisationLeft() throws IOException {
    Path leftover;
    try (DataFolder folder = DataFolder.open(temporary)) {
      leftover = folder.initialising("mysql");
      Files.createDirectories(leftover.resolve("half"));
      Files.createFile(leftover.resolveSibling(leftover.getFileName() + ".secret"));
    }
    DataFolder.open(temporary).close();
    assertThat(temporary).isDirectoryNotContaining("glob:**.initialising*");
  }

  @Test
  void keepsPasswordsForItsOwnerOnly() throws IOException {
    String password;
    try (DataFolder folder = DataFolder.open(temporary)) {
      assertThat(folder.credentials().has("mysql", "someone")).isFalse();
      password = folder.credentials().password("mysql", "someone");
      assertThat(folder.credentials().password("postgres", "someone")).isNotEqualTo(password);
    }
    try (DataFolder folder = DataFolder.open(temporary)) {
      assertThat(folder.credentials().has("mysql", "someone")).isTrue();
      assertThat(folder.credentials().password("mysql", "someone")).isEqualTo(password);
      assertThat(Files.getPosixFilePermissions(folder.credentials().file()))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }
}
