package dev.relevo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Holds the unit tests, which have run by now, to entering every node of every route. A branch
 * counts as entered with its first node; that each branch has one is a rule of {@link
 * RouteConventionsTest}.
 */
class RouteCoverageIT {

  @Test
  void everyNodeOfEveryRouteIsEnteredByAUnitTest() throws Exception {
    assertThat(Files.isDirectory(RouteCoverage.FOLDER))
        .as("The unit tests have left their coverage in %s", RouteCoverage.FOLDER)
        .isTrue();
    Set<String> entered = RouteCoverage.read();
    List<String> missing = new ArrayList<>();
    for (RouteFile file : RouteFile.all()) {
      for (RouteFile.Node node : file.nodes()) {
        if (!node.isBranch()
            && !entered.contains(RouteCoverage.name(file.path().toString(), node.id()))) {
          missing.add("%s: route %s, node %s".formatted(file.path(), node.top(), node.id()));
        }
      }
    }
    assertThat(missing).as("Nodes that no unit test enters").isEmpty();
  }
}
