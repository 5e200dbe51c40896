package dev.relevo.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;

/** The page for those who use the service on its own says what is so. */
class SagaServicePageTest {
  private final String page = read();

  @Test
  void everyNumberStandsThereWithItsDefault() throws ReflectiveOperationException {
    for (RecordComponent number : SagaSettings.class.getRecordComponents()) {
      Object value = number.getAccessor().invoke(SagaSettings.defaults());
      String words = value instanceof Duration time ? inWords(time) : value.toString();
      assertThat(page).contains("\n| `" + number.getName() + "` | " + words + " | ");
    }
  }

  @Test
  void itsRoutesRun() throws Exception {
    Matcher yaml = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(yaml.find()).isTrue();
    String routes = yaml.group(1).stripIndent();
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context
          .getRegistry()
          .bind(
              "sagas",
              new JournaledSagaService(
                  new MemorySagaJournal(), SagaSettings.defaults(), new SagaOutcomes() {}));
      PluginHelper.getRoutesLoader(context)
          .loadRoutes(ResourceHelper.fromString("page.yaml", routes));

      context.start();

      assertThat(context.getRoutes())
          .extracting(Route::getId)
          .containsExactlyInAnyOrder("place-order", "take-stock");
    }
  }

  @Test
  void everyExceptionStandsThere() {
    for (Class<?> type :
        new Class<?>[] {
          SagaKeyReusedException.class,
          SagaInProgressException.class,
          SagaUnfinishedException.class,
          SagaTimedOutException.class,
          SagaTakenOverException.class,
          JournalUnavailableException.class
        }) {
      assertThat(page).contains("\n| `" + type.getSimpleName() + "` | ");
    }
  }

  private static String inWords(Duration time) {
    if (time.toMillis() % 1000 != 0) {
      return time.toMillis() + " ms";
    }
    return time.toMinutes() >= 60 ? time.toHours() + " h" : time.toSeconds() + " s";
  }

  private static String read() {
    try {
      return Files.readString(Path.of("docs", "saga-service.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
