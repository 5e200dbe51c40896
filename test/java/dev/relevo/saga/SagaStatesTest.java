package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The states as they are documented. */
class SagaStatesTest {
  private static final Path PAGE = Path.of("docs", "saga-states.md");

  @Test
  void theDiagramOnThePageIsTheCodes() throws IOException {
    assertThat(Files.readString(PAGE)).contains("```mermaid\n" + diagram() + "```\n");
  }

  @Test
  void thePageNamesEveryStateAndEveryChange() throws IOException {
    String page = Files.readString(PAGE);
    for (SagaState state : SagaState.values()) {
      assertThat(page).contains("- **" + state + "**: ");
      for (SagaState next : state.successors()) {
        assertThat(page).contains("| " + state + " | " + next + " | ");
      }
    }
    long changes = Arrays.stream(SagaState.values()).mapToLong(s -> s.successors().size()).sum();
    assertThat(page.lines().filter(line -> line.matches("\\| [A-Z]+ \\| [A-Z]+ \\| .*")))
        .hasSize((int) changes);
  }

  @Test
  void noOtherChangeCanBeMade() {
    for (SagaState from : SagaState.values()) {
      for (SagaState to : SagaState.values()) {
        if (!from.canBecome(to)) {
          assertThatThrownBy(() -> in(from).to(to)).isInstanceOf(IllegalStateException.class);
        } else {
          assertThat(in(from).to(to).state()).isEqualTo(to);
        }
      }
    }
  }

  @Test
  void everyStateIsReachedAndEveryOneLeadsToAnEnd() {
    for (SagaState state : SagaState.values()) {
      assertThat(state == SagaState.RUNNING || precedes(state)).isTrue();
      assertThat(state.isFinal() || !state.successors().isEmpty()).isTrue();
    }
    assertThat(Stream.of(SagaState.values()).filter(SagaState::isFinal))
        .containsExactlyInAnyOrder(SagaState.COMPLETED, SagaState.COMPENSATED);
  }

  private static boolean precedes(SagaState state) {
    return Stream.of(SagaState.values()).anyMatch(from -> from.canBecome(state));
  }

  private static String diagram() {
    String changes =
        Stream.of(SagaState.values())
            .flatMap(
                from -> from.successors().stream().map(to -> "  " + from + " --> " + to + "\n"))
            .collect(Collectors.joining());
    String ends =
        Stream.of(SagaState.values())
            .filter(SagaState::isFinal)
            .map(state -> "  " + state + " --> [*]\n")
            .collect(Collectors.joining());
    return "stateDiagram-v2\n  [*] --> RUNNING\n" + changes + ends;
  }

  private static Saga in(SagaState state) {
    Instant now = Instant.now();
    return new Saga(
        "id", state, "owner", 1, now, null, 1, null, null, null, java.util.List.of(), 1, now, now);
  }
}
