package dev.relevo.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rounds of keys until there are so many requests: {@code test/kill/same-key-run}. */
final class KeyLongRun {
  private static final int KEYS = 400;

  private KeyLongRun() {}

  /**
   * @param args the file, how many requests it is to hold in the end, and the seed; the file alone
   *     to have it summed up
   */
  public static void main(String[] args) {
    LongRun.exit(
        () -> {
          RoundFile<KeyRound> file = new RoundFile<>(Path.of(args[0]), KeyRound.class);
          if (args.length > 1) {
            run(file, Long.parseLong(args[1]), Long.parseLong(args[2]));
          }
          System.out.println(markdown(file.rounds()));
          return file.rounds().stream().allMatch(round -> round.violations().isEmpty());
        });
  }

  private static void run(RoundFile<KeyRound> file, long most, long seed) throws IOException {
    if (requests(file.rounds()) >= most) {
      return;
    }
    try (KillCell cell = new KillCell(Map.of())) {
      while (requests(file.rounds()) < most) {
        KeyRound round = KeyRound.run(cell, seed, file.next(KeyRound::round), KEYS);
        file.add(round);
        System.err.printf(
            "%d/%d round %d: %d keys, %d requests, %d ms, violations: %s%n",
            requests(file.rounds()),
            most,
            round.round(),
            round.keys(),
            round.requests(),
            round.tookMillis(),
            round.violations());
        cell.clear();
      }
    }
  }

  private static long requests(List<KeyRound> rounds) {
    return rounds.stream().mapToLong(KeyRound::requests).sum();
  }

  private static String markdown(List<KeyRound> rounds) {
    Map<Integer, Long> statuses = new TreeMap<>();
    rounds.forEach(r -> r.statuses().forEach((s, n) -> statuses.merge(s, n, Long::sum)));
    StringBuilder text = new StringBuilder("| what | n |\n|---|---|\n");
    text.append("| keys | %d |%n".formatted(rounds.stream().mapToLong(KeyRound::keys).sum()));
    text.append("| requests | %d |%n".formatted(requests(rounds)));
    statuses.forEach((status, n) -> text.append("| answered %d | %d |%n".formatted(status, n)));
    text.append(
        "| violations of an invariant | %d |%n"
            .formatted(rounds.stream().mapToLong(r -> r.violations().size()).sum()));
    return text.toString();
  }
}
