package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRecordStoreTest {
  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsReadByTheNext() {
    PairRecord record =
        PairRecord.first(NodeId.B, 17).opened("b-1").inSync("a-4").promoted("a-4", 18).paused(true);
    try (FileRecordStore store = FileRecordStore.in(folder)) {
      assertThat(store.load()).isEmpty();
      store.write(PairRecord.first(NodeId.A, 1));
      store.write(record);
      store.write(record.reprovisioning());
    }
    try (FileRecordStore store = FileRecordStore.in(folder)) {
      assertThat(store.load()).contains(record.reprovisioning());
      store.write(record.opened("a-5").inSync("b-9"));
      assertThat(store.load()).contains(record.opened("a-5").inSync("b-9"));
    }
  }

  @Test
  void aHalfWrittenSuccessorIsNoRecord() throws IOException {
    PairRecord record = PairRecord.first(NodeId.A, 1);
    try (FileRecordStore store = FileRecordStore.in(folder)) {
      store.write(record);
      Files.writeString(folder.resolve("record.json.next"), "{\"epo");
      assertThat(store.load()).contains(record);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "{}",
        "[]",
        "{\"format\":2,\"epoch\":1,\"primary\":\"a\",\"peer_in_sync\":false,\"primary_incarnation\":null,\"peer_incarnation\":null,\"reprovision\":[],\"paused\":false,\"promoted_at_millis\":0}",
        "{\"format\":1,\"epoch\":1,\"primary\":\"c\",\"peer_in_sync\":false,\"primary_incarnation\":null,\"peer_incarnation\":null,\"reprovision\":[],\"paused\":false,\"promoted_at_millis\":0}",
        "{\"format\":1,\"epoch\":0,\"primary\":\"a\",\"peer_in_sync\":false,\"primary_incarnation\":null,\"peer_incarnation\":null,\"reprovision\":[],\"paused\":false,\"promoted_at_millis\":0}",
        "{\"format\":1,\"epoch\":1,\"primary\":\"a\",\"peer_in_sync\":true,\"primary_incarnation\":null,\"peer_incarnation\":null,\"reprovision\":[],\"paused\":false,\"promoted_at_millis\":0}",
        "{\"format\":1,\"epoch\":1,\"primary\":\"a\",\"primary_incarnation\":null,\"peer_incarnation\":null,\"reprovision\":[],\"paused\":false,\"promoted_at_millis\":0}",
        "{\"format\":1,\"epoch\":1,\"primary\":\"a\",\"peer_in_sync\":false,\"primary_incarnation\":null,\"peer_incarnation\":null,\"reprovision\":null,\"paused\":false,\"promoted_at_millis\":0}"
      })
  void oneThatMakesNoSenseIsARefusal(String text) throws IOException {
    try (FileRecordStore store = FileRecordStore.in(folder)) {
      Files.writeString(folder.resolve("record.json"), text);
      assertThatThrownBy(store::load)
          .isInstanceOf(RecordException.class)
          .hasMessageContaining("makes no sense");
    }
  }

  @Test
  void oneThatCantBeReadIsARefusal() throws IOException {
    try (FileRecordStore store = FileRecordStore.in(folder)) {
      Files.createDirectory(folder.resolve("record.json"));
      assertThatThrownBy(store::load).isInstanceOf(RecordException.class);
      Files.createFile(folder.resolve("record.json").resolve("in-the-way"));
      assertThatThrownBy(() -> store.write(PairRecord.first(NodeId.A, 1)))
          .isInstanceOf(RecordException.class);
    }
  }

  @Test
  void oneWatchdogAtATime() {
    try (FileRecordStore store = FileRecordStore.in(folder)) {
      assertThatThrownBy(() -> FileRecordStore.in(folder))
          .isInstanceOf(RecordException.class)
          .hasMessageContaining("Another watchdog");
      assertThat(store.load()).isEqualTo(Optional.empty());
    }
    FileRecordStore.in(folder).close();
  }
}
