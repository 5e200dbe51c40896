package dev.relevo.failover.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.relevo.failover.Position;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which history contains which. */
class PositionTest {

  private static void assertCovers(Position more, Position less) {
    assertThat(more.covers(less)).as("%s covers %s", more, less).isTrue();
    assertThat(more.behind(less)).isZero();
  }

  private static void assertLacks(Position less, Position more, long missing) {
    assertThat(less.covers(more)).as("%s covers %s", less, more).isFalse();
    assertThat(less.behind(more)).isEqualTo(missing);
  }

  @Test
  void aLaterMariaDbTransactionContainsTheEarlierOnes() {
    Position early = MariaDbPosition.of("0-1-100", "0-1-100");
    Position late = MariaDbPosition.of("0-1-105", "0-1-105");
    assertCovers(late, early);
    assertCovers(late, late);
    assertLacks(early, late, 5);
    assertCovers(early, MariaDbPosition.of("", ""));
    assertLacks(MariaDbPosition.of("", ""), early, 100);
  }

  @Test
  void aPromotedServerContinuesTheHistoryOfTheOneBefore() {
    Position before = MariaDbPosition.of("0-1-100", "0-1-100");
    Position after = MariaDbPosition.of("0-2-101", "0-1-100,0-2-101");
    assertCovers(after, before);
    assertLacks(before, after, 1);
  }

  /** Both wrote a transaction 101: neither has the other's. */
  @Test
  void aTailThatNobodyHasConfirmedIsNotCoveredByTheSuccessorsSameNumber() {
    Position tail = MariaDbPosition.of("0-1-101", "0-1-101");
    Position successor = MariaDbPosition.of("0-2-105", "0-1-100,0-2-105");
    assertLacks(successor, tail, 1);
    assertLacks(tail, successor, 4);
  }

  @Test
  void aCopyKnowsOnlyTheLastTransactionAndContainsItAllTheSame() {
    Position copied = MariaDbPosition.of("0-2-105", "0-2-105");
    Position original = MariaDbPosition.of("0-2-105", "0-1-100,0-2-105");
    assertCovers(copied, original);
    assertCovers(original, copied);
    assertCovers(((MariaDbPosition) copied).plus("0-2-110"), original);
  }

  @Test
  void mariaDbPositionsAreValues() {
    assertThat(MariaDbPosition.of("0-1-5", "0-1-5,1-1-3"))
        .isEqualTo(MariaDbPosition.of("0-1-5", "1-1-3,0-1-5"))
        .hasToString("0-1-5,1-1-3");
    assertThat(MariaDbPosition.of("", "")).hasToString("nothing");
    assertThatThrownBy(() -> MariaDbPosition.of("5", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void gtidSetsContainEachOtherBySourceAndInterval() {
    GtidSet some = GtidSet.parse("aa:1-5:7,\nbb:1-3");
    GtidSet all = GtidSet.parse("aa:1-10,bb:1-3,cc:1");
    assertCovers(all, some);
    assertLacks(some, all, 5);
    assertCovers(some, GtidSet.EMPTY);
    assertLacks(GtidSet.EMPTY, some, 9);
    assertLacks(some, GtidSet.parse("aa:6"), 1);
    assertCovers(GtidSet.parse("aa:1-3:5-6:4"), GtidSet.parse("aa:1-6"));
  }

  @Test
  void gtidSetsAddUpAndAreValues() {
    GtidSet sum = GtidSet.parse("aa:1-5").plus(GtidSet.parse("aa:4-6:9,bb:2"));
    assertThat(sum).isEqualTo(GtidSet.parse("bb:2,aa:1-6:9")).hasToString("aa:1-6:9,bb:2");
    assertThat(sum.hashCode()).isEqualTo(GtidSet.parse("bb:2,aa:1-6:9").hashCode());
    assertThat(sum.of("aa")).isEqualTo(GtidSet.parse("aa:1-6:9"));
    assertThat(GtidSet.EMPTY).hasToString("nothing");
  }

  @Test
  void tagsAreSourcesOfTheirOwn() {
    GtidSet tagged = GtidSet.parse("aa:1-2:tag:1-9");
    assertThat(tagged).hasToString("aa:1-2,aa:tag:1-9");
    assertThat(tagged.of("aa")).isEqualTo(tagged);
    assertLacks(GtidSet.parse("aa:1-9"), tagged, 9);
  }

  /** So @@gtid_owned shows a commit that waits for the replica. */
  @Test
  void whatSessionsOwnIsRead() {
    assertThat(GtidSet.parseOwned("aa:17#4:18#5,\nbb:3#9"))
        .isEqualTo(GtidSet.parse("aa:17-18,bb:3"));
    assertThat(GtidSet.parseOwned("")).isEqualTo(GtidSet.EMPTY);
  }

  @Test
  void aLogContainsWhatIsBeforeItOnItsTimeline() {
    WalPosition early = new WalPosition(1, 100, Map.of());
    WalPosition late = new WalPosition(1, 300, Map.of());
    assertCovers(late, early);
    assertLacks(early, late, 200);
    assertThat(early).isEqualTo(new WalPosition(1, 100, Map.of(7, 5L)));
  }

  /** Timeline 2 leaves timeline 1 at byte 200. */
  @Test
  void aNewTimelineContainsTheOldOneUpToWhereItWasLeft() {
    WalPosition promoted = new WalPosition(2, 300, Map.of(1, 200L));
    assertCovers(promoted, new WalPosition(1, 200, Map.of()));
    assertLacks(promoted, new WalPosition(1, 201, Map.of()), 1);
    assertLacks(new WalPosition(1, 400, Map.of()), promoted, 1);
    assertThat(promoted.onMyWay(new WalPosition(2, 999, Map.of()))).isTrue();
    assertThat(promoted.onMyWay(new WalPosition(1, 201, Map.of()))).isFalse();
  }

  @Test
  void aTimelinesHistoryIsRead() {
    Map<Integer, Long> history =
        WalPosition.history("1\t0/3000158\tno recovery target specified\n\n2\t1/10\tx\n");
    assertThat(history).containsEntry(1, 0x3000158L).containsEntry(2, 0x100000010L).hasSize(2);
    assertThat(WalPosition.history("")).isEmpty();
    assertThat(new WalPosition(2, 0x100000010L, history)).hasToString("2:1/10");
  }
}
