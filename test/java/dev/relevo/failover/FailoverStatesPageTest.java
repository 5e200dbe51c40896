package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The rule table as it is kept in {@code test/resources/failover} and documented in {@code
 * docs/failover-states.md}. A change of a rule is seen in both; {@code
 * -Drelevo.failover.write=true} writes them.
 */
class FailoverStatesPageTest {
  private static final Path RULES = Path.of("test", "resources", "failover", "rules.txt");
  private static final Path PAIRS = Path.of("test", "resources", "failover", "pairs.txt");
  private static final Path PAGE = Path.of("docs", "failover-states.md");
  private static final long SITUATIONS = 150_000;

  @Test
  void theRulesAreTheOnesOnFile() throws IOException {
    compare(RULES, rules());
  }

  @Test
  void everyStateWithEveryDiagnosisIsDecidedByTheRulesOnFile() throws IOException {
    compare(PAIRS, pairs());
  }

  @Test
  void thePageShowsTheCodesStatesAndRules() throws IOException {
    compare(PAGE, page());
  }

  private static void compare(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("relevo.failover.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    assertThat(Files.readString(file)).isEqualTo(expected);
  }

  private static String rules() {
    StringBuilder text = new StringBuilder();
    for (Rule rule : RuleTable.RULES) {
      text.append(rule.id())
          .append("\n  in    ")
          .append(in(rule))
          .append("\n  when  ")
          .append(when(rule))
          .append("\n  do    ")
          .append(deed(rule))
          .append("\n  say   ")
          .append(rule.sentence())
          .append('\n');
    }
    return text.toString();
  }

  private static String in(Rule rule) {
    return rule.in().size() == PairState.values().length
        ? "any state"
        : rule.in().stream().map(Enum::name).collect(Collectors.joining(", "));
  }

  private static String when(Rule rule) {
    return rule.when().isEmpty() ? "always" : rule.when();
  }

  private static String deed(Rule rule) {
    return rule.action()
        + (rule.action().isAct() || rule.action().isRecord()
            ? " " + (rule.onReplica() ? "replica" : "primary")
            : "");
  }

  private static String pairs() {
    Map<String, Set<String>> met = new TreeMap<>();
    RandomSituations.first(SITUATIONS)
        .forEach(
            situation -> {
              Decision decision = situation.decide();
              met.computeIfAbsent(
                      decision.state() + " " + decision.diagnosis(), x -> new TreeSet<>())
                  .add(decision.rule());
            });
    StringBuilder text = new StringBuilder();
    for (PairState state : PairState.values()) {
      for (Diagnosis diagnosis : Diagnosis.values()) {
        Set<String> rules = met.get(state + " " + diagnosis);
        text.append("%-13s %-21s ".formatted(state, diagnosis))
            .append(rules == null ? "-" : String.join(" ", rules))
            .append('\n');
      }
    }
    return text.toString();
  }

  private static String page() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # The states of a database pair, and the rules

        Generated from `dev.relevo.failover.RuleTable`; a test compares the two. What it means in practice is in \
        [failover.md](failover.md).

        The primary is the node that the record names; the replica is the other one. A rule's action is done to one of \
        them, or to the router, or writes the record; an arrow without a rule's name is the world's doing.

        ```mermaid
        """);
    text.append(diagram()).append("```\n\n");
    for (PairState state : PairState.values()) {
      text.append("- **").append(state).append("**: ").append(state.sentence()).append('\n');
    }
    text.append(
        """

        ## Diagnoses

        What is the matter, the gravest first. What is done about it is the rules' business: "I can't reach it" is not \
        "it is dead", and "it is dead" is not yet a reason to promote its peer.

        """);
    for (Diagnosis diagnosis : Diagnosis.values()) {
      text.append("- **").append(diagnosis).append("**: ").append(diagnosis.clause()).append('\n');
    }
    text.append(
        """

        ## Rules

        Asked from top to bottom in every tick; the first that matches decides, and its id is in the event.

        | rule | in | when | action |
        |---|---|---|---|
        """);
    for (Rule rule : RuleTable.RULES) {
      text.append(
          "| `%s` | %s | %s | %s |%n".formatted(rule.id(), in(rule), when(rule), deed(rule)));
    }
    return text.toString();
  }

  /** The rules' arrows, and those that need no rule: servers die, restart and answer again. */
  private static String diagram() {
    Set<String> arrows = new LinkedHashSet<>();
    arrows.add("  [*] --> RETURNING: first start");
    for (Rule rule : RuleTable.RULES) {
      for (PairState from : rule.leadsTo().isPresent() ? rule.in() : Set.<PairState>of()) {
        PairState to = rule.leadsTo().orElseThrow();
        if (from != to && leads(rule, from)) {
          arrows.add("  " + from + " --> " + to + ": " + rule.id());
        }
      }
    }
    for (PairState from : EnumSet.complementOf(EnumSet.of(PairState.LOST))) {
      if (from != PairState.HANDING_OVER) {
        arrows.add("  " + from + " --> LOST");
      }
    }
    arrows.add("  LOST --> RETURNING: it has restarted");
    arrows.add("  LOST --> WHOLE: it answers again");
    arrows.add("  LOST --> HANDING_OVER: it is dead, the peer has everything");
    arrows.add("  WHOLE --> HANDING_OVER: it is stalled, or asked to");
    arrows.add("  HANDING_OVER --> WHOLE: it answers again");
    arrows.add("  WHOLE --> OPENING: the router has restarted");
    return String.join("\n", arrows).replaceFirst("^", "stateDiagram-v2\n") + "\n";
  }

  /** A rule that applies in several states leads on only from those it is made for. */
  private static boolean leads(Rule rule, PairState from) {
    return switch (rule.action()) {
      case RELAX, RECORD_IN_SYNC -> from == PairState.JOINING;
      case RECORD_NOT_IN_SYNC -> from == PairState.WHOLE;
      default -> true;
    };
  }

  @Test
  void ruleIdsAreUniqueAndKebabCase() {
    assertThat(RuleTable.RULES).extracting(Rule::id).doesNotHaveDuplicates();
    assertThat(RuleTable.RULES).allMatch(rule -> rule.id().matches("[a-z]+(-[a-z]+)*"));
  }

  @Test
  void refusalsAndOtherActionsAreToldApart() {
    assertThat(Arrays.stream(Action.values()).filter(Action::isHold))
        .allMatch(action -> !action.isAct() && !action.isRecord());
    assertThat(Arrays.stream(Action.values()).filter(Action::isRecord)).noneMatch(Action::isAct);
  }
}
