package dev.relevo.saga;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The saga service can be taken out and used by any Camel application. */
class SagaArchitectureTest {
  private final JavaClasses saga = new ClassFileImporter().importPath(folder());

  /** The folder of the package itself: its tests are in one of the same name. */
  private static Path folder() {
    try {
      return Path.of(SagaState.class.getResource("SagaState.class").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void itNeedsCamelJacksonAndALogAndNothingElse() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.sql..",
            "org.apache.camel..",
            "com.fasterxml.jackson..",
            "org.slf4j..",
            "dev.relevo.saga..")
        .check(saga);
  }

  @Test
  void onlyTheMemoryJournalSynchronizes() {
    // A virtual thread that waits for I/O in a synchronized method holds its carrier thread.
    noClasses()
        .that()
        .doNotHaveSimpleName("MemorySagaJournal")
        .should(
            new ArchCondition<>("synchronize a method") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                type.getMethods().stream()
                    .filter(m -> m.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                    .forEach(m -> events.add(SimpleConditionEvent.satisfied(m, m.getFullName())));
              }
            })
        .check(saga);
  }
}
