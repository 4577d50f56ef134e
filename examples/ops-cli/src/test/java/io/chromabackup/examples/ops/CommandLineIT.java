package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.chromabackup.ArchiveStore;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.testkit.Skip;
import io.chromabackup.trial.StoreRule;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program, as operators run it. */
@DisabledOnOs(OS.WINDOWS)
class CommandLineIT {
  @TempDir private Path here;

  @BeforeEach
  void copyTheFixture() throws IOException {
    Trees.copy(Launched.FIXTURE, here.resolve("data"));
  }

  private Launched run(String... arguments) throws IOException, InterruptedException {
    return runWith(Map.of(), arguments);
  }

  private Launched runWith(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return Launched.run(
        here,
        environment,
        Stream.concat(Stream.of(Launched.PROGRAM), Stream.of(arguments)).toList());
  }

  private Path onlyArchive() throws IOException {
    try (Stream<Path> files = Files.list(here.resolve("backups/chromadb"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  @Test
  void backsUpListsVerifiesAndRestores() throws Exception {
    Launched backup = run("backup", "./data");
    assertThat(backup.exitCode()).isZero();
    assertThat(backup.out())
        .contains("1,182 documents in 5 collections", "optimistic")
        .contains(", " + Figures.bytes(Files.size(onlyArchive())) + ", in ");
    assertThat(backup.err().lines())
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\S+ INFO .*"));

    assertThat(run("list").out())
        .contains("1,182", "good", "30 days of this", "are free", here.resolve("data").toString());
    assertThat(run("list", "--verify").out()).contains("good, verified");
    assertThat(run("verify").out()).contains("sound");

    Launched restored = run("restore", "latest", "./copy");
    assertThat(restored.exitCode()).isZero();
    assertThat(restored.out()).contains("1,182 documents");
    assertThat(run("backup", "copy", "--store", "elsewhere").exitCode()).isZero();
  }

  /** At any one start something else may have the address that the JVM wants them at. */
  @Test
  void theJvmTakesItsClassesFromWhatTheBuildMade() throws Exception {
    int starts = 0;
    while (!classesOfOneBackup().contains("ChromaBackup source: shared objects file (top)")) {
      assertThat(++starts).isLessThan(5);
    }
  }

  private String classesOfOneBackup() throws Exception {
    Path log = here.resolve("classes.log");
    assertThat(
            runWith(
                    Map.of("CHROMABACKUP_JAVA_OPTS", "-Xlog:class+load:file=" + log),
                    "backup",
                    "./data")
                .exitCode())
        .isZero();
    return Files.readString(log);
  }

  @Test
  void whatTheBuildMadeForTheJvmMayNotFitOrBeMissing() throws Exception {
    Path copy = here.resolve("copy of it");
    Trees.copy(Path.of(Launched.PROGRAM).getParent().getParent(), copy);
    String program = copy.resolve("bin/chromabackup").toString();
    Path made = copy.resolve("lib/chromabackup.jsa");

    assertStartsSilently(program);
    Files.writeString(made, "not of this JVM");
    assertStartsSilently(program);
    Files.delete(made);
    assertStartsSilently(program);
  }

  private void assertStartsSilently(String program) throws Exception {
    Launched version = Launched.run(here, Map.of(), List.of(program, "--version"));
    assertThat(version.out()).startsWith("chromabackup ").hasLineCount(1);
    assertThat(version.err()).isEmpty();
  }

  @Test
  void zstandardIsWrittenIfItIsAskedForAndReadLikeTheOther() throws Exception {
    assertThat(run("backup", "./data", "--zstd").exitCode()).isZero();
    assertThat(onlyArchive().toString()).endsWith(".tar.zst");

    assertThat(run("list", "--verify").out()).contains("good, verified");
    Launched restored = run("restore", "latest", "./copy");
    assertThat(restored.exitCode()).isZero();
    assertThat(restored.out()).contains("1,182 documents");
  }

  @Test
  void jsonIsOneDocumentAndNothingElse() throws Exception {
    Launched backup = run("backup", "./data", "--json");
    assertThat(JSON.std.mapFrom(backup.out()))
        .containsEntry("documents", 1182)
        .containsEntry("exitCode", 0);
    assertThat(JSON.std.mapFrom(run("list", "--json").out())).containsEntry("exitCode", 0);
    assertThat(JSON.std.mapFrom(run("verify", "--all", "--json").out()))
        .containsEntry("damaged", 0);
    assertThat(JSON.std.mapFrom(run("prune", "--dry-run", "--json").out()))
        .containsEntry("dryRun", true);
    assertThat(JSON.std.mapFrom(run("recover", "./data", "--json").out()))
        .containsEntry("recovered", false);

    Launched refused = run("restore", "latest", "./data", "--json");
    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(JSON.std.mapFrom(refused.out()))
        .containsEntry("error", "TargetNotEmpty")
        .containsEntry("exitCode", 4);

    Launched misused = run("backup", "--json", "--nonsense", "./data");
    assertThat(misused.exitCode()).isEqualTo(2);
    assertThat(JSON.std.mapFrom(misused.out())).containsEntry("exitCode", 2);
    assertThat(run("restore", "latest", "./data", "--json", "--dependent", "a=u:sEcReT@b").out())
        .contains("Usage")
        .doesNotContain("sEcReT");
  }

  /** Here the shell gives the name, which this JVM may not know how to write. */
  @Test
  void aNameOfAnyLettersIsFoundWhereThereIsNoLocaleAsUnderCron() throws Exception {
    Launched backup =
        Launched.run(
            here,
            Map.of(),
            List.of(
                "/bin/sh",
                "-c",
                "mv data \"$(printf 'd\\303\\244ta')\" && exec "
                    + Launched.PROGRAM
                    + " backup ./d*ta --json"));

    assertThat(backup.exitCode()).as(backup.err()).isZero();
    assertThat(JSON.std.mapFrom(backup.out()).get("source")).asString().endsWith("/d\u00e4ta");
  }

  @Test
  void aStoreIsAnalyzedAndItsArchivesAreNotTouched() throws Exception {
    run("backup", "./data");
    byte[] archive = Files.readAllBytes(onlyArchive());

    Launched analyzed = run("analyze", "./backups/chromadb");

    assertThat(analyzed.exitCode()).isZero();
    assertThat(analyzed.out())
        .contains(
            "STORE-11    kept        Of two that write", " 0 not kept", "STORE-24    not tried");
    assertThat(onlyArchive()).hasBinaryContent(archive);
    Map<String, Object> document = JSON.std.mapFrom(run("analyze", "--json").out());
    assertThat(document).containsEntry("kept", true).containsEntry("leftBehind", List.of());
    assertThat((List<?>) document.get("rules")).hasSize(StoreRule.values().length);
    assertThat(run("list").out()).contains("1 archive,");

    Files.writeString(here.resolve("nothing"), "");
    assertThat(run("analyze", "./nothing").exitCode()).isEqualTo(7);
  }

  @Test
  void aLockedStoreIsFive() throws Exception {
    try (LocalArchiveStore store = LocalArchiveStore.in(here.resolve("backups/chromadb"));
        ArchiveStore.Lock lock = store.lock("a test")) {
      Launched backup = run("backup", "./data");

      assertThat(backup.exitCode()).isEqualTo(5);
      assertThat(backup.err()).contains("a test");
      lock.close();
    }
  }

  @Test
  void noEngineIsThree() throws Exception {
    Launched backup =
        runWith(Map.of("DOCKER_HOST", "unix:///nonexistent.sock"), "backup", "docker:chroma");

    assertThat(backup.exitCode()).isEqualTo(3);
    assertThat(backup.err()).contains("unix:///nonexistent.sock");
  }

  @Test
  void whatIsNotThereIsThree() throws Exception {
    assertThat(run("backup", "./missing").exitCode()).isEqualTo(3);
    assertThat(run("verify", "--all").exitCode()).isEqualTo(3);
    assertThat(run("restore", "latest", "./copy").exitCode()).isEqualTo(3);
    assertThat(run("restore", "missing.tar.gz", "./copy").exitCode()).isEqualTo(3);
    assertThat(here.resolve("copy")).doesNotExist();
  }

  @Test
  void noStackTraceUnlessAskedFor() throws Exception {
    assertThat(run("backup", "./missing").err().lines()).hasSize(1);
    assertThat(run("backup", "./missing", "--verbose").err()).contains("\tat io.chromabackup");
  }

  @Test
  void aDamagedArchiveIsSix() throws Exception {
    assertThat(run("backup", "./data").exitCode()).isZero();
    try (FileChannel archive = FileChannel.open(onlyArchive(), StandardOpenOption.WRITE)) {
      archive.truncate(archive.size() / 2);
    }

    assertThat(run("verify", "--all").exitCode()).isEqualTo(6);
    assertThat(run("list", "--verify").exitCode()).isEqualTo(6);
    Launched restore = run("restore", "latest", "./copy");
    assertThat(restore.exitCode()).isEqualTo(6);
    assertThat(here.resolve("copy/chroma.sqlite3")).doesNotExist();
  }

  @Test
  void damagedDataIsSixAndSavedOnRequest() throws Exception {
    Trees.cutLargest(here.resolve("data"));

    Launched refused = run("backup", "./data");
    assertThat(refused.exitCode()).isEqualTo(6);
    assertThat(refused.err()).contains("--salvage");
    assertThat(run("backup", "./data", "--salvage").exitCode()).isZero();
    assertThat(run("list").out()).contains("salvaged");
    assertThat(run("restore", "latest", "./copy").exitCode()).isEqualTo(3);
    String archive = onlyArchive().getFileName().toString();
    assertThat(run("restore", archive, "./copy").err()).contains("--allow-damaged");
    assertThat(run("restore", archive, "./copy", "--allow-damaged").exitCode()).isZero();
  }

  @Test
  void aStoreThatIsNoDirectoryIsSeven() throws Exception {
    Files.createFile(here.resolve("file"));

    assertThat(run("backup", "./data", "--store", "file").exitCode()).isEqualTo(7);
  }

  @Test
  void anArchiveAnywhereUnderAnyNameIsRestored() throws Exception {
    assertThat(run("backup", "./data").exitCode()).isZero();
    Path stick = Files.createDirectory(here.resolve("stick"));
    Files.move(onlyArchive(), stick.resolve("chroma of monday.tgz"));

    Launched restored = run("restore", "stick/chroma of monday.tgz", "./copy");

    assertThat(restored.exitCode()).isZero();
    assertThat(restored.out()).contains("1,182 documents");
    try (Stream<Path> beside = Files.list(stick)) {
      assertThat(beside).hasSize(1);
    }
  }

  @Test
  void latestIsTheLatestOfTheSameSource() throws Exception {
    Trees.copy(Launched.FIXTURE, here.resolve("other"));
    assertThat(run("backup", "./data").exitCode()).isZero();
    String ofData = onlyArchive().getFileName().toString();
    assertThat(run("backup", "./other").exitCode()).isZero();

    assertThat(run("restore", "latest", "./data", "--yes").out()).contains(ofData);
    Launched elsewhere = run("restore", "latest", "./copy");
    assertThat(elsewhere.exitCode()).isEqualTo(3);
    assertThat(elsewhere.err()).contains("data", "other");
  }

  @Test
  void anArchiveOfAnotherSourceReplacesDataOnlyIfItIsNamed() throws Exception {
    Trees.copy(Launched.FIXTURE, here.resolve("other"));
    assertThat(run("backup", "./data").exitCode()).isZero();

    Launched latest = run("restore", "latest", "./other", "--yes");
    assertThat(latest.exitCode()).isEqualTo(3);
    assertThat(latest.err()).contains("data", "other", "give a name or a file");
    Launched named = run("restore", onlyArchive().getFileName().toString(), "./other", "--yes");
    assertThat(named.exitCode()).isZero();
    assertThat(named.out()).contains("WARNING", "is of another source");
  }

  @Test
  void theStoreMayComeFromTheEnvironment() throws Exception {
    Path store = here.resolve("vault");
    assertThat(
            runWith(Map.of("CHROMABACKUP_STORE", store.toUri().toString()), "backup", "./data")
                .exitCode())
        .isZero();
    assertThat(run("list", "--store", "vault").out()).contains("1,182");
  }

  @Test
  void onATerminalThereIsABarAndAQuestion() throws Exception {
    Skip.unless(Files.isExecutable(Path.of("/usr/bin/script")), "this needs script(1)");
    assertThat(run("backup", "./data").exitCode()).isZero();

    Launched declined = onTerminal("no", "restore latest ./data");
    assertThat(declined.exitCode()).isEqualTo(4);
    assertThat(declined.out())
        .contains(
            "there now   1,182 documents",
            "of          " + here.resolve("data"),
            "acme/library/books",
            "Type 'yes'",
            "ERROR the restore")
        .doesNotContainPattern("\\dT\\d\\d:")
        .contains("\r\u001b[Kreading the archive");

    Launched agreed = onTerminal("yes", "restore latest ./data");
    assertThat(agreed.exitCode()).isZero();
    assertThat(agreed.out()).contains("restored");
  }

  @Test
  void aDumbTerminalGetsLines() throws Exception {
    Skip.unless(Files.isExecutable(Path.of("/usr/bin/script")), "this needs script(1)");

    Launched backup =
        Launched.run(
            here,
            Map.of("TERM", "dumb"),
            List.of("script", "-qec", Launched.PROGRAM + " backup ./data", "/dev/null"));

    assertThat(backup.exitCode()).isZero();
    assertThat(backup.out()).contains(" INFO copying").doesNotContain("\u001b");
  }

  private Launched onTerminal(String answer, String arguments)
      throws IOException, InterruptedException {
    Launched asking =
        Launched.startListening(
            here,
            Map.of("TERM", "xterm"),
            List.of("script", "-qec", Launched.PROGRAM + " " + arguments, "/dev/null"));
    asking.awaitOut("Type 'yes'");
    asking.type(answer);
    asking.exitCode();
    return asking;
  }
}
