package io.chromabackup.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.testkit.Figures;
import io.chromabackup.trial.StoreAccess;
import io.chromabackup.trial.StoreReport.Verdict;
import io.chromabackup.trial.StoreRule;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/spi.md says is so: its code compiles and keeps the rules, and they are all there. */
class SpiPageTest {
  private static final Path PAGE = Path.of("..", "docs", "spi.md");
  private static final Path FLAWED = Path.of("..", "docs", "flawed-implementations.md");
  private static final Path CORE = Path.of("../chromabackup-core/src/main/java/io/chromabackup");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern TYPE = Pattern.compile("(?m)^(?:final |abstract )?class (\\w+)");

  @TempDir private Path temporary;

  private List<Path> sourcesOfThePage() throws IOException {
    List<Path> sources = new ArrayList<>();
    Matcher block = JAVA.matcher(Files.readString(PAGE));
    while (block.find()) {
      Matcher type = TYPE.matcher(block.group(1));
      assertThat(type.find()).as("a class in " + block.group(1)).isTrue();
      sources.add(Files.writeString(temporary.resolve(type.group(1) + ".java"), block.group(1)));
    }
    return sources;
  }

  @Test
  void theStoreOnThePageCompilesOutsideOfThisProjectAndKeepsEveryRule() throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--release",
                "17",
                "-proc:none",
                "-d",
                temporary.toString(),
                "-classpath",
                System.getProperty("java.class.path")));
    sourcesOfThePage().forEach(source -> arguments.add(source.toString()));
    assertThat(arguments).hasSize(11);
    int failed =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(String[]::new));
    assertThat(failed).isZero();

    try (URLClassLoader classes =
        new URLClassLoader(new java.net.URL[] {temporary.toUri().toURL()})) {
      Constructor<?> test =
          classes.loadClass("com.example.InMemoryArchiveStoreTest").getDeclaredConstructor();
      test.setAccessible(true);
      for (StoreRule rule : StoreRule.values()) {
        assertThat(rule.tryOn((StoreAccess) test.newInstance()).verdict())
            .as(rule.toString())
            .isNotEqualTo(Verdict.NOT_KEPT);
      }
    }
  }

  @Test
  void theStoreOnThePageIsTheOneThatTheFlawedOnesAreMadeOf() throws IOException {
    String ours =
        Files.readString(
            Path.of("src/test/java/io/chromabackup/testkit/contract/InMemoryArchiveStore.java"));
    assertThat(Files.readString(PAGE))
        .contains(
            ours.replace("package io.chromabackup.testkit.contract;", "package com.example;"));
  }

  @Test
  void everyRuleStandsOnThePageAndInTheJavadocOfItsInterface() throws IOException {
    String page = Files.readString(PAGE);
    int rules = 0;
    for (StoreRule rule : StoreRule.values()) {
      rules += requireTold(rule.id(), rule.sentence(), page, "ArchiveStore");
    }
    for (SourceRule rule : SourceRule.values()) {
      rules += requireTold(rule.id(), rule.sentence(), page, "BackupSource", "HeldCopy");
    }
    for (TargetRule rule : TargetRule.values()) {
      rules += requireTold(rule.id(), rule.sentence(), page, "RestoreTarget");
    }
    for (ServiceRule rule : ServiceRule.values()) {
      rules += requireTold(rule.id(), rule.sentence(), page, "ServiceController");
    }
    assertThat(page.lines().filter(line -> line.matches("\\| [A-Z]+-\\d\\d \\|.*"))).hasSize(rules);
  }

  private static int requireTold(String id, String sentence, String page, String... types)
      throws IOException {
    assertThat(page).contains("| " + id + " | " + sentence + " |");
    StringBuilder javadoc = new StringBuilder();
    for (String type : types) {
      javadoc.append(Files.readString(CORE.resolve(type + ".java")));
    }
    assertThat(javadoc).contains(id);
    return 1;
  }

  @Test
  void everyFlawedImplementationIsListedByNameAndRule() throws IOException {
    List<String> lines =
        Stream.of(
                FlawedStores.all().stream().map(mutant -> line(mutant.rule().id(), mutant)),
                FlawedSources.all().stream().map(mutant -> line(mutant.rule().id(), mutant)),
                FlawedTargets.all().stream().map(mutant -> line(mutant.rule().id(), mutant)),
                FlawedServices.all().stream().map(mutant -> line(mutant.rule().id(), mutant)))
            .flatMap(line -> line)
            .toList();
    // to be put into the page when they change
    Files.createDirectories(Path.of("target"));
    Files.write(Path.of("target", "flawed-implementations"), lines);
    Figures.record("kit-flawed", "%d flawed implementations, all rejected".formatted(lines.size()));

    assertThat(lines).hasSizeGreaterThan(150).doesNotHaveDuplicates();
    assertThat(Files.readAllLines(FLAWED).stream().filter(line -> line.matches("\\| [A-Z]+-.*")))
        .isEqualTo(lines);
  }

  private static String line(String id, Mutant<?, ?> mutant) {
    return "| " + id + " | " + mutant.what() + " |";
  }
}
