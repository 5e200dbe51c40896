package dev.relevo.it;

import dev.relevo.it.KillPlan.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Rounds of kills until there are so many: {@code test/kill/long-run}. */
final class KillLongRun {
  private static final int ROUNDS_KEPT = 20;

  private KillLongRun() {}

  /**
   * @param args the file, how many kills it is to hold in the end, and the seed; the file alone to
   *     have it summed up
   */
  public static void main(String[] args) {
    LongRun.exit(
        () -> {
          RoundFile<KillRound> file = new RoundFile<>(Path.of(args[0]), KillRound.class);
          if (args.length > 1) {
            run(file, Integer.parseInt(args[1]), Long.parseLong(args[2]));
          }
          System.out.println(KillReport.markdown(file.rounds()));
          return file.rounds().stream().allMatch(round -> round.violations().isEmpty());
        });
  }

  private static void run(RoundFile<KillRound> file, int most, long seed) throws IOException {
    if (kills(file.rounds()) >= most) {
      return;
    }
    try (KillCell cell = new KillCell(Map.of())) {
      for (int n = 1; kills(file.rounds()) < most; n++) {
        int next = file.next(KillRound::round);
        KillRound round = cell.run(KillPlan.draw(seed, next, kind(next)));
        file.add(round);
        System.err.println(kills(file.rounds()) + "/" + most + " " + KillReport.line(round));
        if (!round.violations().isEmpty()) {
          System.err.println(cell.logs());
        }
        if (!round.violations().isEmpty() || n % ROUNDS_KEPT == 0) {
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
}
