package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ServiceController.Hold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where {@code /proc} is mounted with {@code hidepid}, a server of another user must not pass for
 * down.
 */
class HiddenProcessesTest {
  @TempDir Path directory;

  private long gone;

  @BeforeEach
  void aProcessThatHasEnded() throws Exception {
    Process process = new ProcessBuilder("true").start();
    gone = process.pid();
    process.waitFor();
  }

  @Test
  void aProcessThatIsNotSeenIsNotTakenForGoneIfTheFirstOfAllIsNotSeenEither() {
    assertThatThrownBy(() -> LocalProcess.find(gone, new ProcFileSystem(directory)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("whether process " + gone + " is there")
        .hasMessageContaining("cannot see other users' processes")
        .hasMessageContaining("Give a status command, or run as the user");
  }

  @Test
  void whereTheFirstOfAllIsSeenItIsGone() throws IOException {
    Files.createFile(Files.createDirectory(directory.resolve("1")).resolve("stat"));

    assertThat(LocalProcess.find(gone, new ProcFileSystem(directory))).isEmpty();
  }

  @Test
  void oneThatIsSeenIsThereWhateverElseIsHidden() throws IOException {
    long own = ProcessHandle.current().pid();

    assertThat(LocalProcess.find(own, new ProcFileSystem(directory))).isPresent();
  }

  /** By its own word it is down, and what the pid file names cannot be seen. */
  @Test
  void aStatusCommandIsBelievedWhereProcessesAreHidden() throws IOException {
    Path pidFile = Files.writeString(directory.resolve("pid"), gone + "\n");
    PidFile hidden = new PidFile(pidFile, new ProcFileSystem(directory));

    assertThat(service().statusCommand("false").pidFile(hidden).build().isRunning()).isFalse();
    LocalService silent = service().pidFile(hidden).build();
    assertThatThrownBy(silent::isRunning).isInstanceOf(ProcessesHidden.class);
  }

  @Test
  void whereNotesCannotBeWhatIsNotSeenIsNotTakenForGone() throws IOException {
    Path pidFile = Files.writeString(directory.resolve("pid"), gone + "\n");
    PidFile hidden = new PidFile(pidFile, new ProcFileSystem(directory));
    LocalService service =
        LocalService.builder("chroma").pidFile(hidden).notes(pidFile.resolve("notes")).build();

    assertThatThrownBy(service::isRunning).isInstanceOf(ProcessesHidden.class);
  }

  /** Whoever froze it saw it, so the note of it must not stay for ever. */
  @Test
  void whatWasFrozenAndIsNotSeenAnyMoreIsGone() throws IOException {
    Deadline deadline = Deadline.after(Duration.ofSeconds(20));

    assertThat(LocalProcess.thaw(gone + " 4711", new ProcFileSystem(directory), deadline))
        .isFalse();
  }

  @Test
  void aStoppedServiceIsDownThoughItsPidFileIsLeftBehind() throws IOException {
    try (ScriptedService daemon = new ScriptedService(directory.resolve("service"))) {
      Process ofOurs = new ProcessBuilder("sleep", "1000").start(); // so that it is gone once dead
      Files.writeString(daemon.pidFile(), ofOurs.pid() + "\n");
      try (Hold hold = hidden(daemon).stop()) {
        daemon.assertIsDown();
      }
      daemon.assertRuns();
    }
  }

  @Test
  void whatADeadProcessStoppedIsStartedThoughItsPidFileIsLeftBehind() throws IOException {
    try (ScriptedService daemon = new ScriptedService(directory.resolve("service"))) {
      daemon.start();
      daemon.builder().pidFile(daemon.pidFile()).build().stop().leave();
      Files.writeString(daemon.pidFile(), gone + "\n");

      assertThat(hidden(daemon).recover()).isPresent();
      daemon.assertRuns();
    }
  }

  @Test
  void aServiceThatWritesItsPidFileLateIsStartedOnce() throws IOException {
    try (ScriptedService daemon = new ScriptedService(directory.resolve("service"))) {
      daemon.start();
      Hold hold = hidden(daemon).stop();
      Files.writeString(daemon.pidFile(), gone + "\n");
      daemon.override("start() { (sleep 1; launch) & }");

      hold.close();
      daemon.assertRuns();
      assertThat(daemon.starts()).isEqualTo(2);
    }
  }

  /** As a server does that does not bear the data it was restored to. */
  @Test
  void aServiceThatDiedSinceItWasStartedIsDownThoughItsPidFileIsLeftBehind() throws IOException {
    try (ScriptedService daemon = new ScriptedService(directory.resolve("service"))) {
      daemon.start();
      LocalService service = hidden(daemon);
      Hold hold = service.stop();
      service.start();
      dieLeavingThePidFile(daemon);

      service.stop();
      assertThat(service.isRunning()).isFalse();

      service.start();
      hold.close();
      daemon.assertRuns();
    }
  }

  @Test
  void whatADeadProcessStoppedIsDownThoughItsPidFileIsLeftBehind() throws IOException {
    try (ScriptedService daemon = new ScriptedService(directory.resolve("service"))) {
      daemon.start();
      hidden(daemon).stop().leave();
      dieLeavingThePidFile(daemon);

      assertThat(hidden(daemon).isRunning()).isFalse();
    }
  }

  @Test
  void aServiceThatWasSeenOnceIsDownWhenItIsNotSeenAnyMore() throws Exception {
    Process server = new ProcessBuilder("sleep", "1000").start();
    Path pidFile = Files.writeString(directory.resolve("pid"), server.pid() + "\n");
    LocalService service =
        service().pidFile(new PidFile(pidFile, new ProcFileSystem(directory))).build();
    assertThat(service.isRunning()).isTrue();

    server.destroyForcibly().waitFor();

    assertThat(service.isRunning()).isFalse();
  }

  private void dieLeavingThePidFile(ScriptedService daemon) throws IOException {
    daemon.kill();
    Files.writeString(daemon.pidFile(), gone + "\n");
  }

  private LocalService hidden(ScriptedService daemon) {
    return daemon
        .builder()
        .pidFile(new PidFile(daemon.pidFile(), new ProcFileSystem(directory)))
        .build();
  }

  private LocalService.Builder service() {
    return LocalService.builder("chroma").notes(directory.resolve("notes"));
  }
}
