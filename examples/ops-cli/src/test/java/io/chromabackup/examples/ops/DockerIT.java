package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts and the commands against a real engine, as cron and an operator call them. */
class DockerIT {
  @TempDir private Path here;

  private Launched script(ChromaInDocker chroma, String name, String... arguments)
      throws IOException, InterruptedException {
    return run(
        Map.of(
            "CHROMADB_CONTAINER",
            chroma.container("chromadb"),
            "DEPENDENTS",
            "celery-worker",
            "ASSUME_YES",
            "1"),
        Launched.SCRIPTS.resolve(name).toString(),
        arguments);
  }

  private Launched command(String... arguments) throws IOException, InterruptedException {
    return run(Map.of(), Launched.PROGRAM, arguments);
  }

  private Launched run(Map<String, String> environment, String program, String... arguments)
      throws IOException, InterruptedException {
    return Launched.run(
        here,
        new HashMap<>(environment),
        Stream.concat(Stream.of(program), Stream.of(arguments)).toList());
  }

  private Path onlyArchive() throws IOException {
    try (Stream<Path> files = Files.list(here.resolve("backups/chromadb"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  @Test
  void theOldScriptsCallsBackUpAndRestore() throws Exception {
    try (ChromaInDocker chroma = ChromaInDocker.start()) {
      chroma.add(7);

      Launched backup = script(chroma, "backup_chromadb.sh");
      assertThat(backup.exitCode()).as(backup.err()).isZero();
      assertThat(backup.out()).contains("7 documents", "pause");

      chroma.add(5);
      assertThat(chroma.count()).isEqualTo(12);
      Launched restore = script(chroma, "restore_chromadb.sh", onlyArchive().toString());
      assertThat(restore.exitCode()).as(restore.err()).isZero();
      assertThat(chroma.count()).isEqualTo(7);
      assertThat(chroma.state("celery-worker")).isEqualTo("running");
      assertThat(chroma.leftovers()).isEmpty();
    }
  }

  @Test
  void anArchiveThatTheOldScriptMadeIsRestored() throws Exception {
    try (ChromaInDocker chroma = ChromaInDocker.start()) {
      chroma.add(4);
      String name = "chromadb_backup_20240101_020000.tar.gz";
      ChromaInDocker.docker(
          "exec",
          chroma.container("chromadb"),
          "sh",
          "-c",
          "mkdir /tmp/old && cp -a /data /tmp/old/chroma && tar -czf /tmp/"
              + name
              + " -C /tmp/old chroma && rm -r /tmp/old");
      Path archive = here.resolve(name);
      ChromaInDocker.docker(
          "cp", chroma.container("chromadb") + ":/tmp/" + name, archive.toString());
      chroma.add(3);

      Launched restore = script(chroma, "restore_chromadb.sh", archive.toString());

      assertThat(restore.exitCode()).as(restore.err()).isZero();
      assertThat(chroma.count()).isEqualTo(4);
    }
  }

  @Test
  void aServerThatIsDownIsSaidAndBackedUpColdOnRequest() throws Exception {
    try (ChromaInDocker chroma = ChromaInDocker.start()) {
      chroma.add(3);
      ChromaInDocker.docker("stop", chroma.container("chromadb"));
      String source = "compose:" + chroma.project() + "/chromadb";

      Launched refused = command("backup", source);
      assertThat(refused.exitCode()).isEqualTo(4);
      assertThat(refused.err()).contains("not running", "--cold");
      Launched cold = command("backup", source, "--cold");
      assertThat(cold.exitCode()).as(cold.err()).isZero();
      assertThat(cold.out()).contains("3 documents");
      assertThat(chroma.state("chromadb")).isEqualTo("exited");
    }
  }

  @Test
  void anUnknownContainerIsThreeAndTheOnesThereAreAreListed() throws Exception {
    try (ChromaInDocker chroma = ChromaInDocker.start()) {
      Launched backup = command("backup", "docker:chroma-that-is-not-there");

      assertThat(backup.exitCode()).isEqualTo(3);
      assertThat(backup.err()).contains(chroma.container("chromadb"), "Chroma");
    }
  }

  @Test
  void aRestoreWhoseApplicationStaysIllIsEightAndTheOldDataIsBack() throws Exception {
    try (ChromaInDocker chroma = ChromaInDocker.start()) {
      chroma.add(3);
      String source = "docker:" + chroma.container("chromadb");
      assertThat(command("backup", source).exitCode()).isZero();
      chroma.add(2);

      Launched restore =
          command(
              "restore",
              "latest",
              source,
              "--yes",
              "--patience",
              "5s",
              "--dependent",
              "celery-worker=http://127.0.0.1:9/health");

      assertThat(restore.exitCode()).as(restore.err()).isEqualTo(8);
      assertThat(chroma.count()).isEqualTo(5);
      assertThat(chroma.state("celery-worker")).isEqualTo("running");
      assertThat(chroma.leftovers()).isEmpty();
    }
  }

  @Test
  void whatAKilledBackupLeavesTheNextCommandSettles() throws Exception {
    try (ChromaInDocker chroma = ChromaInDocker.start()) {
      chroma.add(3);
      String source = "docker:" + chroma.container("chromadb");
      Launched killed = Launched.start(here, Map.of(), List.of(Launched.PROGRAM, "backup", source));
      while (chroma.leftovers().isEmpty()) {
        Thread.sleep(5);
      }
      killed.signal("KILL");
      assertThat(killed.exitCode()).isEqualTo(137);

      assertThat(command("recover", source).exitCode()).isZero();

      assertThat(chroma.state("chromadb")).isEqualTo("running");
      assertThat(chroma.count()).isEqualTo(3);
      assertThat(chroma.leftovers()).isEmpty();
    }
  }
}
