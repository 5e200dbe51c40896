package dev.relevo.failover.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.relevo.failover.stack.DayFault.Claim;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DayFaultsTest {
  @Test
  void everyPartIsBroken() {
    assertThat(DayFaults.all()).extracting(DayFault::id).doesNotHaveDuplicates();
    for (String engine : List.of("mariadb", "postgresql", "mysql")) {
      for (String type :
          List.of(
              "kill-primary",
              "kill-replica",
              "kill-router",
              "kill-watchdog",
              "freeze",
              "partition-primary",
              "partition-replica",
              "full-disk")) {
        assertThat(ids()).contains(engine + ":" + type);
      }
    }
    for (String part : List.of("inventory", "orders", "reports", "middleware")) {
      for (String instance : List.of("-a", "-b")) {
        for (String type : List.of("kill", "hang", "cut", "cut-database", "restart")) {
          assertThat(ids()).contains(part + instance + ":" + type);
        }
      }
    }
    assertThat(ids())
        .contains("nginx:reload", "inventory:kill-all", "orders:kill-all", "reports:kill-all")
        .contains("everything:restart");
  }

  private static Stream<String> ids() {
    return DayFaults.all().stream().map(DayFault::id);
  }

  @Test
  void noPartIsMetTwiceInARowWhileThereAreOthers() {
    List<DayFault> all = DayFaults.all();
    for (int i = 1; i < all.size() / 2; i++) {
      assertThat(all.get(i).part()).isNotEqualTo(all.get(i - 1).part());
    }
  }

  @Test
  void theDeathOfASinglePartFailsNothing() {
    assertThat(DayFaults.all())
        .filteredOn(fault -> fault.type().startsWith("kill") && !fault.type().equals("kill-all"))
        .allMatch(fault -> fault.claim() == Claim.NOTHING_FAILS);
  }

  @Test
  void aShortDayHasOneOfEachSort() {
    assertThat(DayFaults.ofShortDay()).hasSizeBetween(10, 15);
    assertThat(DayFaults.ofShortDay()).extracting(DayFault::part).contains("nginx", "middleware-a");
  }

  @Test
  void faultsAreChosenByIdTypeOrPart() {
    assertThat(DayFaults.named(List.of("mysql:full-disk", "kill-watchdog", "nginx")))
        .extracting(DayFault::id)
        .containsExactly(
            "mysql:full-disk",
            "mariadb:kill-watchdog",
            "postgresql:kill-watchdog",
            "mysql:kill-watchdog",
            "nginx:reload");
    assertThatThrownBy(() -> DayFaults.named(List.of("earthquake")))
        .hasMessageContaining("earthquake");
  }
}
