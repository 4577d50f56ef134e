package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What real signals do to the packaged program. */
@DisabledOnOs(OS.WINDOWS)
class SignalsIT {
  @TempDir private Path here;

  @BeforeEach
  void copyTheFixture() throws IOException {
    Trees.copy(Launched.FIXTURE, here.resolve("data"));
  }

  private Launched start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Launched.PROGRAM));
    command.addAll(List.of(arguments));
    return Launched.start(here, Map.of(), command);
  }

  /** A service that is up while the file is there, and slow to stop. */
  private Launched startCold() throws IOException, InterruptedException {
    Files.createFile(here.resolve("up"));
    Launched backup =
        start(
            "backup",
            "./data",
            "--cold",
            "--json",
            "--status-command",
            "test -e up",
            "--stop-command",
            "rm up; touch stopping; exec sleep 20",
            "--start-command",
            "touch up started");
    for (int i = 0; i < 600 && !Files.exists(here.resolve("stopping")); i++) {
      Thread.sleep(50);
    }
    return backup;
  }

  @Test
  void aServiceThatWasStoppedIsStartedAgain() throws Exception {
    Launched backup = startCold();
    backup.signal("TERM");

    assertThat(backup.exitCode()).isEqualTo(143);
    assertThat(here.resolve("started")).exists();
    assertThat(here.resolve("up")).exists();
    assertThat(backup.err()).contains("SIGTERM: stopping");
    assertThat(JSON.std.mapFrom(backup.out()))
        .containsEntry("error", "Interrupted")
        .containsEntry("exitCode", 143);
  }

  @Test
  void moreSignalsDoNotHurryIt() throws Exception {
    Launched backup = startCold();
    for (int i = 0; i < 5; i++) {
      backup.signal("INT");
    }

    assertThat(backup.exitCode()).isEqualTo(130);
    assertThat(here.resolve("up")).exists();
  }

  @Test
  void anArchiveThatIsBeingWrittenLeavesNothing() throws Exception {
    inflate();
    Launched backup = start("backup", "./data");
    backup.awaitErr("writing the archive");
    backup.signal("TERM");

    assertThat(backup.exitCode()).isEqualTo(143);
    try (Stream<Path> store = Files.list(here.resolve("backups/chromadb"))) {
      assertThat(store).allMatch(Files::isDirectory);
    }
    Launched next = start("list");
    assertThat(next.exitCode()).isZero();
    assertThat(next.out()).contains("no archives");
    assertThat(start("backup", "./data", "--no-progress").exitCode()).isZero();
  }

  @Test
  void whoeverIsAskedMayAnswerWithCtrlC() throws Exception {
    assertThat(start("backup", "./data").exitCode()).isZero();
    Launched restore =
        Launched.startListening(
            here,
            Map.of("CHROMABACKUP_JAVA_OPTS", "-Dchromabackup.terminal.answers=true"),
            List.of(Launched.PROGRAM, "restore", "latest", "./data"));
    restore.awaitErr("Type 'yes'");
    restore.signal("INT");

    assertThat(restore.exitCode()).isEqualTo(130);
    assertThat(here.resolve("data/.chromabackup")).doesNotExist();
  }

  /** Compressing a hundred megabytes of noise takes long enough to be interrupted. */
  private void inflate() throws IOException {
    Path directory;
    try (Stream<Path> children = Files.list(here.resolve("data"))) {
      directory = children.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    byte[] noise = new byte[1 << 20];
    Random random = new Random(7);
    try (OutputStream out = Files.newOutputStream(directory.resolve("noise.bin"))) {
      for (int i = 0; i < 100; i++) {
        random.nextBytes(noise);
        out.write(noise);
      }
    }
  }
}
