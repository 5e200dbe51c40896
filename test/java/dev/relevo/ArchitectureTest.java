package dev.relevo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** Dependencies point one way: launcher, role, then saga, barrier and http, then plain Java. */
@AnalyzeClasses(packages = "dev.relevo", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule NOBODY_KNOWS_THE_LAUNCHER =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.relevo.launcher..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.relevo.launcher..");

  @ArchTest
  static final ArchRule ONLY_THE_LAUNCHER_KNOWS_ROLES =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.relevo.launcher..", "dev.relevo.role..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.relevo.role..");

  @ArchTest
  static final ArchRule SAGA_BARRIER_AND_HTTP_DO_NOT_KNOW_EACH_OTHER =
      slices()
          .matching("dev.relevo.(saga|barrier|http|failover)..")
          .should()
          .notDependOnEachOther()
          .because("each has to be of use without the others");

  @ArchTest
  static final ArchRule NOTHING_GOES_ROUND_IN_CIRCLES =
      slices().matching("dev.relevo.(**)").should().beFreeOfCycles();

  /** Any Camel application can use it: with Camel's core, JDBC and a JSON library. */
  @ArchTest
  static final ArchRule SAGA_KNOWS_NO_HTTP_NO_SPRING_AND_NO_ORDERS =
      classes()
          .that()
          .resideInAPackage("dev.relevo.saga..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.relevo.saga..",
              "java.lang..",
              "java.math..",
              "java.nio.charset..",
              "java.security..",
              "java.sql..",
              "java.time..",
              "java.util..",
              "javax.sql..",
              "com.fasterxml.jackson..",
              "org.apache.camel",
              "org.apache.camel.clock..",
              "org.apache.camel.saga..",
              "org.apache.camel.spi..",
              "org.apache.camel.support..",
              "org.apache.camel.util..",
              "org.slf4j..");

  @ArchTest
  static final ArchRule SAGA_NAMES_NO_ORDER =
      noClasses()
          .that()
          .resideInAPackage("dev.relevo.saga..")
          .should()
          .haveNameMatching(".*(Order|Stock|Inventory|Report|Product)[A-Z]?.*");

  @ArchTest
  static final ArchRule BARRIER_KNOWS_NO_HTTP =
      noClasses()
          .that()
          .resideInAPackage("dev.relevo.barrier..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "jakarta.servlet..",
              "java.net..",
              "org.springframework.http..",
              "org.springframework.web..",
              "org.apache.camel.component..");

  /** The decision can be tried on anything: what it knows of the world is data. */
  @ArchTest
  static final ArchRule FAILOVER_KNOWS_NO_CAMEL_NO_SPRING_AND_NO_HTTP =
      noClasses()
          .that()
          .resideInAPackage("dev.relevo.failover..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.camel..", "org.springframework..", "jakarta..", "io.micrometer..");

  @ArchTest
  static final ArchRule THE_DECISION_KNOWS_NO_SQL_SOCKET_FILE_OR_CLOCK =
      classes()
          .that()
          .haveNameMatching(
              "dev\\.relevo\\.failover\\.(FailoverDecision|RuleTable|Rule|Facts|Decision|Snapshot|"
                  + "PairRecord|NodeView|NodeState|Join|Request|FailoverTimes)(\\$.*)?")
          .should()
          .onlyDependOnClassesThat(
              DescribedPredicate.describe(
                  "are plain values",
                  c ->
                      c.getName().equals("java.time.Duration")
                          || c.getPackageName().equals("dev.relevo.failover")
                          || c.getPackageName().startsWith("java.lang")
                          || c.getPackageName().startsWith("java.util")));

  @ArchTest
  static final ArchRule ENGINES_ARE_PROCESSES_AND_NO_SPRING_OR_CAMEL_APPLICATION =
      noClasses()
          .that()
          .resideInAPackage("dev.relevo.launcher.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework.boot..", "org.springframework.context..", "org.apache.camel..");

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_WRITES_TO_THE_TERMINAL =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.relevo.launcher.Relevo")
          .should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule WHAT_A_CLASS_NEEDS_COMES_WITH_ITS_CONSTRUCTOR =
      noFields().should().beAnnotatedWith(Autowired.class).orShould().beAnnotatedWith(Value.class);

  @ArchTest
  static final ArchRule SETTINGS_ARE_RECORDS =
      classes().that().areAnnotatedWith(ConfigurationProperties.class).should().beRecords();
}
