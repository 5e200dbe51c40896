package dev.relevo.saga;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A process that runs one order and stops at a given participant, after that has acted, until a
 * file of that name with {@code .go} appears: there its parent kills it, or puts it to sleep. Each
 * act is a line in a file, and so is the end, if it comes to that.
 *
 * <p>Arguments: JDBC URL, user, password, the file, and the participant, such as {@code undo
 * create}.
 */
final class DoomedSagas {
  private DoomedSagas() {}

  public static void main(String[] args) {
    Path file = Path.of(args[3]);
    Participants participants = new Participants();
    for (String name :
        new String[] {"stock", "create", "report", "undo stock", "undo create", "undo report"}) {
      participants.on(
          name,
          exchange -> {
            if (name.equals("report") && args[4].startsWith("undo ")) {
              throw new IllegalStateException("ill");
            }
            write(file, name + " #" + exchange.getMessage().getHeader("CamelSagaEnlistment"));
            if (name.equals(args[4])) {
              await().forever().until(() -> Files.exists(Path.of(file + ".go")));
            }
          });
    }
    HikariDataSource pool = JournalDatabase.pool(args[0], args[1], args[2]);
    JdbcSagaService service =
        new JdbcSagaService(pool, SagaSettings.defaults(), SagaApp.outcomes());
    Exception end =
        SagaApp.start(service, SagaApp.orders(participants))
            .send("direct:order", "one")
            .getException();
    write(file, "end " + (end == null ? "well" : end.getClass().getSimpleName()));
  }

  private static void write(Path file, String line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
