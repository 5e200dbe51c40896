package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProblemTypeTest {

  @Test
  void thePageNamesEveryTypeWithItsStatus() throws Exception {
    Pattern row = Pattern.compile("\\| `([a-z-]+)` \\| (\\d{3}) \\|.*");
    List<String> page =
        Files.readAllLines(Path.of("docs/problems.md")).stream()
            .map(row::matcher)
            .filter(java.util.regex.Matcher::matches)
            .map(m -> m.group(1) + " " + m.group(2))
            .toList();

    assertThat(page)
        .containsExactlyElementsOf(
            Stream.of(ProblemType.values()).map(t -> t.id() + " " + t.status()).toList());
  }

  @Test
  void aTypeIsFoundByItsId() {
    assertThat(ProblemType.of("not-enough-stock")).contains(ProblemType.NOT_ENOUGH_STOCK);
    assertThat(ProblemType.of("nope")).isEmpty();
    assertThat(ProblemType.NOT_ENOUGH_STOCK.uri()).isEqualTo("urn:relevo:problem:not-enough-stock");
  }

  @Test
  void aMessageThatNamesNoTypeIsAMistake() {
    for (String message : new String[] {"no colon", "nope: x", null, ": x"}) {
      assertThatThrownBy(() -> new ProblemException(message))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void retryAfterIsInWholeSecondsRoundedUp() {
    assertThat(seconds(Duration.ZERO)).isEqualTo("1");
    assertThat(seconds(Duration.ofMillis(1001))).isEqualTo("2");
    assertThat(seconds(Duration.ofSeconds(5))).isEqualTo("5");
    assertThat(Problem.of(ProblemType.CONFLICT, null).retryAfterSeconds()).isNull();
  }

  private static String seconds(Duration time) {
    return ProblemException.unavailable("x", time).problem().retryAfterSeconds();
  }
}
