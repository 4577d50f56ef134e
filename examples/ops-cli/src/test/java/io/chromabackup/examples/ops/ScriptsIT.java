package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that keep the old calls, as cron runs them: hardly any environment, no terminal. */
@DisabledOnOs(OS.WINDOWS)
class ScriptsIT {
  private static final Map<String, String> SOURCE = Map.of("CHROMADB_SOURCE", "./data");

  @TempDir private Path here;

  @BeforeEach
  void copyTheFixture() throws IOException {
    Trees.copy(Launched.FIXTURE, here.resolve("data"));
  }

  private Launched run(Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    Map<String, String> all =
        new HashMap<>(Map.of("CHROMADB_SOURCE", "./data", "CHROMABACKUP", Launched.PROGRAM));
    all.putAll(environment);
    String program = Launched.SCRIPTS.resolve(script).toString();
    return Launched.run(
        here, all, Stream.concat(Stream.of(program), Stream.of(arguments)).toList());
  }

  /** A program that tells what it was called with. */
  private Map<String, String> echo() throws IOException {
    Path echo = here.resolve("echo.sh");
    Files.writeString(echo, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    assertThat(echo.toFile().setExecutable(true)).isTrue();
    return Map.of("CHROMABACKUP", echo.toString(), "CHROMADB_SOURCE", "");
  }

  private Path onlyArchive(String directory) throws IOException {
    try (Stream<Path> files = Files.list(here.resolve(directory))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  @Test
  void aBackupGoesWhereItAlwaysWent() throws Exception {
    Launched backup = run(Map.of(), "backup_chromadb.sh");

    assertThat(backup.exitCode()).isZero();
    assertThat(backup.out()).contains("1,182 documents");
    assertThat(onlyArchive("backups/chromadb")).exists();
    assertThat(run(Map.of(), "backup_chromadb.sh", "elsewhere").exitCode()).isZero();
    assertThat(onlyArchive("elsewhere")).exists();
  }

  @Test
  void theOldDefaultsAreKept() throws Exception {
    assertThat(run(echo(), "backup_chromadb.sh").out().lines())
        .containsExactly(
            "backup",
            "docker:ragbench-chromadb-1",
            "--store",
            "./backups/chromadb",
            "--keep-days",
            "30");
    Files.createFile(here.resolve("a.tar.gz"));
    assertThat(run(echo(), "restore_chromadb.sh", "a.tar.gz").out().lines())
        .containsExactly(
            "restore",
            "./a.tar.gz",
            "docker:ragbench-chromadb-1",
            "--store",
            "./backups/chromadb",
            "--dependent-if-any",
            "rag-server=http://localhost:8001/health",
            "--dependent-if-any",
            "celery-worker");
  }

  @Test
  void whatIsSaidExplicitlyMustExist() throws Exception {
    Map<String, String> environment = new HashMap<>(echo());
    environment.put("DEPENDENTS", "api rag-server");
    environment.put("CHROMADB_CONTAINER", "chroma");
    environment.put("ASSUME_YES", "1");

    assertThat(run(environment, "restore_chromadb.sh", "/b/a.tar.gz").out().lines())
        .containsExactly(
            "restore",
            "/b/a.tar.gz",
            "docker:chroma",
            "--store",
            "./backups/chromadb",
            "--yes",
            "--dependent",
            "api",
            "--dependent",
            "rag-server=http://localhost:8001/health");
  }

  @Test
  void aRestoreWantsAFileAndAnAnswer() throws Exception {
    assertThat(run(Map.of(), "backup_chromadb.sh").exitCode()).isZero();

    Launched bare = run(Map.of(), "restore_chromadb.sh");
    assertThat(bare.exitCode()).isEqualTo(1);
    assertThat(bare.err()).contains("Usage", "1,182");

    Path file = onlyArchive("backups/chromadb");
    String name = file.getFileName().toString();
    assertThat(bare.err()).contains(name);
    for (String archive : List.of(file.toString(), name)) {
      assertThat(run(Map.of(), "restore_chromadb.sh", archive).exitCode()).isEqualTo(4);
      assertThat(run(Map.of("ASSUME_YES", "1"), "restore_chromadb.sh", archive).exitCode())
          .isZero();
    }
  }

  @Test
  void failuresAreTold() throws Exception {
    assertThat(run(Map.of("CHROMADB_SOURCE", "./missing"), "backup_chromadb.sh").exitCode())
        .isEqualTo(3);
    assertThat(run(Map.of("CHROMABACKUP", "/missing"), "backup_chromadb.sh").exitCode())
        .isEqualTo(1);
    assertThat(run(Map.of(), "backup_chromadb.sh", "one", "two").exitCode()).isEqualTo(2);
    assertThat(run(Map.of("JAVA_HOME", "/missing"), "backup_chromadb.sh").err())
        .contains("JAVA_HOME is /missing");
    assertThat(run(Map.of(), "restore_chromadb.sh", "missing.tar.gz").exitCode()).isEqualTo(3);
  }

  @Test
  void outputGoesWhereCronSendsIt() throws Exception {
    Launched backup =
        Launched.run(
            here,
            Map.of("CHROMADB_SOURCE", "./data", "CHROMABACKUP", Launched.PROGRAM),
            List.of(
                "/bin/sh", "-c", "exec " + Launched.SCRIPTS + "/backup_chromadb.sh > log 2>&1"));
    assertThat(backup.exitCode()).isZero();
    assertThat(here.resolve("log")).content().contains("INFO copying", "1,182 documents");
  }

  @Test
  void theProgramIsBuiltOnceAndIsThereWholeOrNotAtAll() throws Exception {
    Path repository = repository();
    String backup = repository.resolve("scripts/backup_chromadb.sh").toString();
    Path built = repository.resolve("build/chromabackup");

    build(repository, "mkdir -p \"$target/chromabackup/bin\"; exit 1");
    Launched failed = Launched.run(here, Map.of(), List.of(backup));
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err()).contains("could not be built");
    build(repository, "mkdir -p \"$target\"; echo half > \"$target/chromabackup.tar.gz\"");
    assertThat(Launched.run(here, Map.of(), List.of(backup)).exitCode()).isEqualTo(1);
    assertThat(built).doesNotExist();

    Path program = Path.of(Launched.PROGRAM).getParent().getParent();
    build(repository, "tar czf \"$target/chromabackup.tar.gz\" -C '" + program + "' .");
    assertThat(Launched.run(here, SOURCE, List.of(backup)).exitCode()).isZero();
    build(repository, "exit 1");
    Trees.delete(repository.resolve("examples/ops-cli/target"));
    assertThat(Launched.run(here, SOURCE, List.of(backup)).exitCode()).isZero();
    try (Stream<Path> beside = Files.list(built.getParent())) {
      assertThat(beside).containsExactlyInAnyOrder(built, built.resolveSibling(".lock"));
    }
  }

  /** Two lines of a crontab, in the first night. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void twoThatFindNoProgramBuildItOnce() throws Exception {
    Path repository = repository();
    Path program = Path.of(Launched.PROGRAM).getParent().getParent();
    build(
        repository,
        "mkdir \"$0.busy\" || exit 1; sleep 2; mkdir -p \"$target\""
            + " && tar czf \"$target/chromabackup.tar.gz\" -C '"
            + program
            + "' .");
    String backup = repository.resolve("scripts/backup_chromadb.sh").toString();

    Launched both =
        Launched.run(
            here,
            SOURCE,
            List.of("/bin/sh", "-c", "%s one & %s two && wait $!".formatted(backup, backup)));

    assertThat(both.exitCode()).isZero();
    assertThat(onlyArchive("one")).exists();
    assertThat(onlyArchive("two")).exists();
  }

  /** The scripts, and a place where they can have the program built. */
  private Path repository() throws IOException {
    Path repository = Files.createDirectory(here.resolve("repository"));
    Trees.copy(Launched.SCRIPTS, repository.resolve("scripts"));
    Files.createDirectories(repository.resolve("examples/ops-cli"));
    Files.createFile(repository.resolve("examples/ops-cli/pom.xml"));
    return repository;
  }

  /** Has Maven do this instead. */
  private static void build(Path repository, String commands) throws IOException {
    Path maven = repository.resolve("mvnw");
    Files.writeString(maven, "#!/bin/sh\ntarget=examples/ops-cli/target\n" + commands + "\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
  }
}
