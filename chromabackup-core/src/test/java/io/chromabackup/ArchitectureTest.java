package io.chromabackup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls that neither visibility nor the module descriptor can build. */
@AnalyzeClasses(packages = "io.chromabackup", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.chromabackup.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theOperationsKnowNothingOfWhatIsBuiltOnThem =
      noClasses()
          .that()
          .resideInAPackage("io.chromabackup")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.chromabackup.health", "io.chromabackup.trial");

  @ArchTest
  static final ArchRule theKnowledgeOfChromaKnowsNothingOfArchives =
      noClasses()
          .that()
          .resideInAPackage("io.chromabackup.chroma")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.chromabackup");

  @ArchTest
  static final ArchRule theFileSystemPrimitivesKnowNothingOfChroma =
      noClasses()
          .that()
          .resideInAPackage("io.chromabackup.files")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.chromabackup", "io.chromabackup.chroma");

  @ArchTest
  static final ArchRule onlyArchivesKnowTar =
      noClasses()
          .that()
          .haveSimpleNameNotStartingWith("Archive")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.commons.compress..");

  @ArchTest
  static final ArchRule onlyTheKnowledgeOfChromaKnowsSqliteAndPickles =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.chromabackup.chroma")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql", "org.sqlite..", "net.razorvine..");

  @ArchTest
  static final ArchRule filesAreReachedThroughPathsOfAnyFileSystem =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.chromabackup.testkit..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.File");

  @ArchTest
  static final ArchRule theTimeIsInjected =
      noClasses().should().callMethod(java.time.Instant.class, "now");
}
