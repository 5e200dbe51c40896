package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.failover.FailoverTimer.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailoverTimerTest {
  private final FailoverTimer timer = new FailoverTimer();
  private long seconds;

  private Optional<Map<Phase, Duration>> after(
      int more, String rule, PairState state, Action action) {
    seconds += more;
    PairRecord record = PairRecord.first(NodeId.A, 0);
    Decision decision =
        new Decision(
            rule,
            state,
            Diagnosis.PRIMARY_DEAD,
            action,
            NodeId.A,
            "",
            action.isRecord() ? Optional.of(record) : Optional.empty());
    Event event = new Event(1, Instant.EPOCH, 1, decision, Optional.empty(), false);
    return timer.take(event, Duration.ofSeconds(7), seconds * 1_000_000_000);
  }

  @Test
  void aFailoverIsTakenApart() {
    assertThat(after(0, "wait-primary", PairState.LOST, Action.WAIT_PRIMARY)).isEmpty();
    assertThat(after(0, "handover-fence", PairState.HANDING_OVER, Action.FENCE)).isEmpty();
    assertThat(after(1, "handover-fence", PairState.HANDING_OVER, Action.FENCE)).isEmpty();
    assertThat(after(1, "handover-stop-receiver", PairState.HANDING_OVER, Action.STOP_RECEIVER))
        .isEmpty();
    assertThat(after(1, "handover-drain", PairState.HANDING_OVER, Action.WAIT_DRAINED)).isEmpty();
    assertThat(after(2, "name-the-peer", PairState.HANDING_OVER, Action.RECORD_PROMOTION))
        .isEmpty();
    assertThat(after(4, "promote", PairState.TAKING_OVER, Action.PROMOTE)).isEmpty();
    assertThat(after(1, "open-writes", PairState.OPENING, Action.OPEN_WRITES)).isEmpty();
    assertThat(after(4, "route", PairState.OPENING, Action.ROUTE))
        .contains(
            Map.of(
                Phase.DETECT, Duration.ofSeconds(7),
                Phase.FENCE, Duration.ofSeconds(2),
                Phase.DRAIN, Duration.ofSeconds(3),
                Phase.PROMOTE, Duration.ofSeconds(4),
                Phase.ROUTE, Duration.ofSeconds(5)));
    assertThat(after(1, "route", PairState.OPENING, Action.ROUTE)).isEmpty();
  }

  @Test
  void oneThatGoesBackIsNone() {
    after(0, "handover-fence", PairState.HANDING_OVER, Action.FENCE);
    after(1, "handover-stop-receiver", PairState.HANDING_OVER, Action.STOP_RECEIVER);
    assertThat(after(1, "route", PairState.OPENING, Action.ROUTE)).isEmpty();
    after(1, "whole", PairState.WHOLE, Action.NONE);
    assertThat(after(1, "route", PairState.OPENING, Action.ROUTE)).isEmpty();
  }
}
