package dev.relevo.it;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.relevo.it.KillPlan.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Kills on and on, and writes each round down as a line of JSON, so that a run that was ended can
 * be taken up again and several add up: {@code test/kill/long-run}.
 */
final class KillLongRun {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ROUNDS_KEPT = 20;

  private KillLongRun() {}

  /**
   * @param args the file, how many kills it is to hold in the end, and the seed
   */
  public static void main(String[] args) {
    try {
      System.exit(run(args) ? 0 : 1);
    } catch (IOException | RuntimeException | AssertionError e) {
      // Threads of the harness would keep the JVM alive.
      e.printStackTrace();
      System.exit(2);
    }
  }

  private static boolean run(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    List<KillRound> rounds = read(file);
    if (args.length > 1) {
      run(file, rounds, Integer.parseInt(args[1]), Long.parseLong(args[2]));
    }
    System.out.println(KillReport.markdown(rounds));
    return rounds.stream().allMatch(round -> round.violations().isEmpty());
  }

  private static void run(Path file, List<KillRound> rounds, int most, long seed)
      throws IOException {
    int kills = kills(rounds);
    if (kills >= most) {
      return;
    }
    try (KillCell cell = new KillCell(Map.of())) {
      int next = rounds.stream().mapToInt(KillRound::round).max().orElse(-1) + 1;
      for (int n = 0; kills < most; n++) {
        KillRound round = cell.run(KillPlan.draw(seed, next + n, kind(next + n)));
        rounds.add(round);
        kills += round.kills().size();
        Files.writeString(
            file,
            JSON.writeValueAsString(round) + "\n",
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
        System.err.println(kills + "/" + most + " " + KillReport.line(round));
        if (!round.violations().isEmpty()) {
          System.err.println(cell.logs());
        }
        if (!round.violations().isEmpty() || n % ROUNDS_KEPT == ROUNDS_KEPT - 1) {
          cell.clear();
        }
      }
    }
  }

  /** Of five rounds three are about one instance, one about both, one is a chain. */
  private static Kind kind(int round) {
    return switch (round % 5) {
      case 3 -> Kind.BOTH;
      case 4 -> Kind.CHAIN;
      default -> Kind.ONE;
    };
  }

  private static int kills(List<KillRound> rounds) {
    return rounds.stream().mapToInt(round -> round.kills().size()).sum();
  }

  private static List<KillRound> read(Path file) throws IOException {
    List<KillRound> rounds = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        rounds.add(JSON.readValue(line, new TypeReference<KillRound>() {}));
      }
    }
    return rounds;
  }
}
