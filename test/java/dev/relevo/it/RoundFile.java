package dev.relevo.it;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The rounds of all runs so far, one to a line of JSON, each written when it has ended: so a run
 * that was broken off is taken up again, and several add up.
 */
final class RoundFile<T> {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final List<T> rounds = new ArrayList<>();

  RoundFile(Path file, Class<T> type) throws IOException {
    this.file = file;
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        rounds.add(JSON.readValue(line, type));
      }
    }
  }

  List<T> rounds() {
    return rounds;
  }

  /** The number of the next round. */
  int next(ToIntFunction<T> number) {
    return rounds.stream().mapToInt(number).max().orElse(-1) + 1;
  }

  void add(T round) throws IOException {
    rounds.add(round);
    Files.writeString(
        file,
        JSON.writeValueAsString(round) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
