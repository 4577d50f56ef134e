package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RestoreReport;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.testkit.RealDocker;
import io.chromabackup.testkit.RecordCheck;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Restores into a stack: the server, what depends on it, and everything that can go wrong. */
class DockerRestoreIT {
  /**
   * Serves, unless what lies in the data directory has a name that is in /tmp/poison: then it does
   * what is in /tmp/then. So a test decides which data a server does not like.
   */
  private static final String CHOOSY =
      "for name in $(cat /tmp/poison 2>/dev/null); do"
          + " if [ -e \"/data/$name\" ]; then . /tmp/then; fi; done;"
          + " exec chroma run /config.yaml";

  @TempDir Path directory;
  private DockerEngine docker;
  private Path store;
  private ChromaBackup backups;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws IOException {
    docker = DockerEngine.connect();
    store = directory.resolve("backups");
    backups = ChromaBackup.using(LocalArchiveStore.in(store));
  }

  @AfterEach
  void disconnect() throws IOException {
    docker.close();
  }

  private ChromaDeployment chroma(Stack stack) throws IOException {
    return docker
        .chroma(stack.container(Stack.CHROMA))
        .dependent(Stack.RAG, stack.ragHealth())
        .dependent(Stack.WORKER)
        .deployment();
  }

  private static RestoreOptions replacing() {
    return RestoreOptions.defaults().replace().patience(Duration.ofSeconds(60));
  }

  @Test
  void anOlderArchiveOverNewerDataIsServedAtOnceAndTheStackWorks() throws Exception {
    try (Stack stack = Stack.start()) {
      var backup = backups.backup(chroma(stack));
      stack.worker().awaitWrites(5_000);
      stack.worker().stop();
      String owner =
          stack.exec(Stack.CHROMA, "stat", "-c", "%u:%g %a", "/data", "/data/chroma.sqlite3");

      RestoreReport report = backups.restore(backup.archive().name(), chroma(stack), replacing());

      RecordCheck.Result served = stack.check();
      assertThat(served.wrong()).isEmpty();
      assertThat(served.records()).isEqualTo(backup.documents());
      assertThat(report.health()).contains(stack.container(Stack.CHROMA));
      assertThat(report.downtime()).isPositive();
      assertThat(stack.state(Stack.RAG)).isEqualTo("running");
      assertThat(stack.ragStatus()).isEqualTo(200);
      assertThat(stack.state(Stack.WORKER)).as("was down before").isEqualTo("exited");
      assertThat(
              stack.exec(Stack.CHROMA, "stat", "-c", "%u:%g %a", "/data", "/data/chroma.sqlite3"))
          .isEqualTo(owner);
      stack.worker().start();
      stack.worker().awaitWrites(500);
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void anArchiveOfTheOldScriptIsRestored() throws Exception {
    Files.createDirectories(store);
    try (Stack stack =
        Stack.with().mountAt(Stack.OLD_DATA).persistAt(Stack.OLD_DATA).records(500).start()) {
      stack.worker().stop();
      RecordCheck.Result before = stack.check();
      Path archive = LegacyScript.backup(stack, store);
      stack.worker().start();
      stack.worker().awaitWrites(2_000);

      backups.restore(
          ArchiveName.parse(archive.getFileName().toString()).orElseThrow(),
          chroma(stack),
          replacing());

      stack.worker().stop();
      RecordCheck.Result after = stack.check();
      assertThat(after.wrong()).isEmpty();
      assertThat(after.collections()).isEqualTo(before.collections());
      assertThat(stack.state(Stack.RAG)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aDirectoryOfTheHostIsRestoredIntoForTheUserWhoseItIs() throws Exception {
    try (Stack stack =
        Stack.with()
            .bind(Files.createDirectory(directory.resolve("bound")))
            .user("1000:1000")
            .withoutRag()
            .records(300)
            .start()) {
      stack.worker().stop();
      var backup = backups.backup(docker.chroma(stack.container(Stack.CHROMA)).deployment());

      backups.restore(
          backup.archive().name(),
          docker.chroma(stack.container(Stack.CHROMA)).deployment(),
          replacing());

      assertThat(stack.check().records()).isEqualTo(backup.documents());
      assertThat(Files.getAttribute(directory.resolve("bound/chroma.sqlite3"), "unix:uid"))
          .isEqualTo(1000);
      stack.worker().start();
      stack.worker().awaitWrites(200);
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  /** It dies, and stays down or is started again and again; never answers; serves other data. */
  @ParameterizedTest(name = "{0}, restart: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          exit 3     | no
          exit 3     | unless-stopped
          sleep 1000 | no
          exec chroma run --path /tmp/elsewhere --host 0.0.0.0 --port 8000 | unless-stopped
          """)
  void aServerThatDoesNotServeTheArchiveHasTheOldDataPutBack(String instead, String restart)
      throws Exception {
    try (Stack stack =
        Stack.with()
            .restart(restart)
            .options("--entrypoint", "sh")
            .command("-c", CHOOSY)
            .syncThreshold(100)
            .records(300)
            .start()) {
      ArchiveName archive = archiveThatThisServerHates(stack, instead);
      RecordCheck.Result before = stack.check();

      assertThatThrownBy(
              () ->
                  backups.restore(
                      archive,
                      chroma(stack),
                      RestoreOptions.defaults().replace().patience(Duration.ofSeconds(10))))
          .isInstanceOfSatisfying(
              ChromaBackupException.RestoreFailed.class,
              failed -> assertThat(failed.rolledBack()).isTrue());

      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      stack.awaitChroma();
      RecordCheck.Result after = stack.check();
      assertThat(after.wrong()).isEmpty();
      assertThat(after.records()).isEqualTo(before.records());
      assertThat(stack.state(Stack.RAG)).isEqualTo("running");
      assertThat(stack.state(Stack.WORKER)).isEqualTo("exited");
      assertThat(stack.inspectOurs())
          .as("but for what this test told the server")
          .filteredOn(line -> !line.contains(" /tmp"))
          .isEmpty();
    }
  }

  /** An archive of another stack, and a server that does something else if it gets its data. */
  private ArchiveName archiveThatThisServerHates(Stack stack, String instead) throws Exception {
    stack.worker().stop();
    try (Stack other = Stack.with().withoutRag().syncThreshold(100).records(300).start()) {
      other.worker().stop();
      var backup = backups.backup(docker.chroma(other.container(Stack.CHROMA)).deployment());
      String segments =
          String.join(
              " ",
              backup.manifest().files().stream()
                  .map(file -> file.entry().path().split("/")[0])
                  .filter(name -> name.contains("-"))
                  .filter(name -> !name.startsWith("chroma"))
                  .distinct()
                  .toList());
      assertThat(segments).isNotBlank();
      stack.exec(
          Stack.CHROMA,
          "sh",
          "-c",
          "echo '" + segments + "' >/tmp/poison; echo '" + instead + "' >/tmp/then");
      return backup.archive().name();
    }
  }

  @Test
  void aDependentThatIsNamedTwiceIsStoppedOnce() throws Exception {
    try (Stack stack = Stack.with().withoutWorker().start()) {
      ChromaDeployment chroma =
          docker
              .chroma(stack.container(Stack.CHROMA))
              .dependent(Stack.RAG)
              .dependent(stack.container(Stack.RAG), stack.ragHealth())
              .deployment();
      var backup = backups.backup(chroma);

      backups.restore(backup.archive().name(), chroma, replacing());

      assertThat(chroma.dependents()).hasSize(1);
      assertThat(stack.state(Stack.RAG)).isEqualTo("running");
    }
  }

  @Test
  void anApplicationThatIsNotHealthyOnTheNewDataHasTheOldDataPutBack() throws Exception {
    try (Stack stack = Stack.with().withoutWorker().start()) {
      ChromaDeployment wrong =
          docker
              .chroma(stack.container(Stack.CHROMA))
              .dependent(Stack.RAG, URI.create("http://127.0.0.1:9/health"))
              .deployment();
      var backup = backups.backup(wrong);

      assertThatThrownBy(
              () ->
                  backups.restore(
                      backup.archive().name(),
                      wrong,
                      RestoreOptions.defaults().replace().patience(Duration.ofSeconds(5))))
          .isInstanceOf(ChromaBackupException.RestoreFailed.class)
          .hasMessageContaining("http://127.0.0.1:9/health");

      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.state(Stack.RAG)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aVolumeThatAnotherContainerWritesToIsNotSwapped() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      ChromaDeployment chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      var backup = backups.backup(chroma);
      String other = stack.project() + "-other";
      DockerCli.docker(
          "run",
          "-d",
          "--name",
          other,
          "-v",
          stack.volume() + ":/shared",
          "--entrypoint",
          "sleep",
          RealDocker.nodeImage(),
          "1000");
      try {
        assertThatThrownBy(() -> backups.restore(backup.archive().name(), chroma, replacing()))
            .isInstanceOf(ChromaBackupException.TargetInUse.class)
            .hasMessageContaining(other);
      } finally {
        DockerCli.docker("rm", "-f", other);
      }
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      stack.awaitChroma();
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  /** By the engine, which removes it, or by a swarm, which starts another in its place. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "--rm, without --rm",
    "--label=com.docker.swarm.task.id=t, docker service scale",
  })
  void aContainerThatMustNotBeStoppedIsRefusedBeforeAnythingIsSent(String option, String advice)
      throws Exception {
    try (Stack stack =
        Stack.with().restart("no").options(option).withoutRag().withoutWorker().start()) {
      ChromaDeployment chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      var backup = backups.backup(chroma);
      Instant started = stack.startedAt(Stack.CHROMA);

      assertThatThrownBy(() -> backups.restore(backup.archive().name(), chroma, replacing()))
          .isInstanceOf(ChromaBackupException.TargetUnsuitable.class)
          .hasMessageContaining(advice);
      assertThatThrownBy(() -> chroma.service().stop())
          .isInstanceOf(ChromaBackupException.ServiceNotHeld.class)
          .hasMessageContaining(advice);

      assertThat(stack.startedAt(Stack.CHROMA)).isEqualTo(started);
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  /** It would be gone, or another would be started on the data. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "--rm, docker create --volumes-from",
    "--label=com.docker.swarm.task.id=t, docker service scale",
  })
  void whatIsUnfinishedInAContainerThatMustNotBeStoppedIsNotSaidToNeedAStopByHand(
      String option, String advice) throws Exception {
    try (Stack stack = Stack.with().restart("no").options(option).withoutWorker().start()) {
      stack.exec(Stack.CHROMA, "mkdir", "-p", "/data/.chromabackup/old");
      Instant started = stack.startedAt(Stack.CHROMA);
      Instant dependentStarted = stack.startedAt(Stack.RAG);
      ChromaDeployment chroma =
          docker.chroma(stack.container(Stack.CHROMA)).dependent(Stack.RAG).deployment();

      assertThatThrownBy(() -> backups.recover(chroma))
          .isInstanceOf(ChromaBackupException.ServiceNotHeld.class)
          .hasMessageContaining("earlier restore")
          .hasMessageContaining(advice)
          .hasMessageNotContaining("by hand");

      assertThat(stack.startedAt(Stack.CHROMA)).isEqualTo(started);
      assertThat(stack.startedAt(Stack.RAG)).isEqualTo(dependentStarted);
      assertThat(stack.inspectOurs())
          .as("what is unfinished stays, and nothing else")
          .hasSize(2)
          .allMatch(ours -> ours.contains("/data/.chromabackup"));
    }
  }

  @Test
  void aDependentThatMustNotBeStoppedIsNotSaidToBeStoppedByHand() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      String dependent = stack.project() + "-dependent";
      DockerCli.docker(
          "run",
          "-d",
          "--rm",
          "--name",
          dependent,
          "--entrypoint",
          "sleep",
          RealDocker.nodeImage(),
          "1000");
      try {
        ChromaDeployment chroma =
            docker.chroma(stack.container(Stack.CHROMA)).dependent(dependent).deployment();
        var backup = backups.backup(chroma);

        assertThatThrownBy(() -> backups.restore(backup.archive().name(), chroma, replacing()))
            .isInstanceOf(ChromaBackupException.ServiceNotHeld.class)
            .hasMessageContaining("without --rm")
            .hasMessageNotContaining("by hand");
      } finally {
        DockerCli.docker("rm", "-f", dependent);
      }
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aContainerThatSomebodyPausedIsNotRestoredIntoAndStaysPaused() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      ChromaDeployment chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      var backup = backups.backup(chroma);
      stack.pause(Stack.CHROMA);

      assertThatThrownBy(() -> backups.restore(backup.archive().name(), chroma, replacing()))
          .isInstanceOf(ChromaBackupException.ServiceNotHeld.class)
          .hasMessageContaining("docker unpause");

      assertThat(stack.state(Stack.CHROMA)).isEqualTo("paused");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void twoContainersOfOneVolumeAreNotRestoredIntoAtOnce() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      var backup = backups.backup(docker.chroma(stack.container(Stack.CHROMA)).deployment());
      String twin = stack.project() + "-twin";
      DockerCli.docker(
          "create", "--name", twin, "-v", stack.volume() + ":/data", RealDocker.image());
      ChromaDeployment chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      List<Throwable> refusals = new ArrayList<>();
      ChromaDeployment meanwhile =
          chroma.checkedBy(
              (expected, patience) -> {
                refusals.add(
                    catchThrowable(
                        () ->
                            ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")))
                                .restore(
                                    backup.archive().name(),
                                    docker.chroma(twin).deployment(),
                                    replacing())));
                return "";
              });
      try {
        backups.restore(backup.archive().name(), meanwhile, replacing());
      } finally {
        DockerCli.docker("rm", twin);
      }
      assertThat(refusals).singleElement().isInstanceOf(ChromaBackupException.Locked.class);
      stack.awaitChroma();
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aVolumeThatAStopWouldEmptyIsNotLostByOne() throws Exception {
    String volume = "cbmemory-" + ProcessHandle.current().pid();
    DockerCli.docker(
        "volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=50m", volume);
    try (Stack stack =
        Stack.with().noMount().options("-v", volume + ":/data").withoutRag().records(300).start()) {
      stack.worker().stop();
      long records = stack.check().records();
      ChromaDeployment chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      var backup = backups.backup(chroma);

      assertThatThrownBy(() -> backups.restore(backup.archive().name(), chroma, replacing()))
          .isInstanceOf(ChromaBackupException.class)
          .hasMessageContaining("in memory");

      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.check().records()).isEqualTo(records);
    } finally {
      DockerCli.attempt("volume", "rm", volume);
    }
  }

  @Test
  void anInterruptWhileChromaIsBeingStoppedLeavesItRunning() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().stopTimeout(5).start()) {
      ChromaDeployment chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      var backup = backups.backup(chroma);
      Thread caller = Thread.currentThread();
      Thread interrupter =
          new Thread(
              () -> {
                while (!stack.logs(Stack.CHROMA).contains("SIGTERM")
                    && DockerCli.docker(
                            "ps",
                            "-aq",
                            "--filter",
                            "label=io.chromabackup.hold.quiet=stop",
                            "--filter",
                            "label=" + Companions.BESIDE + "=" + stack.container(Stack.CHROMA))
                        .isBlank()) {
                  Thread.onSpinWait();
                }
                caller.interrupt();
              });
      interrupter.start();

      assertThatThrownBy(() -> backups.restore(backup.archive().name(), chroma, replacing()))
          .isInstanceOf(InterruptedIOException.class);

      assertThat(Thread.interrupted()).isTrue();
      interrupter.join();
      Thread.sleep(6_000); // longer than a stop would take that went on behind our back
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void whatADeadProcessLeftBesideAContainerThatIsGoneIsRemoved() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      List<String> create =
          new ArrayList<>(
              List.of(
                  "create",
                  "--label",
                  Purpose.LABEL + "=restore",
                  "--label",
                  Companions.BESIDE + "=a-container-that-is-gone"));
      OwnerProcessTest.dead()
          .labels()
          .forEach((key, value) -> create.addAll(List.of("--label", key + "=" + value)));
      create.add(RealDocker.image());
      String left = DockerCli.docker(create.toArray(String[]::new)).strip();

      backups.recover(docker.chroma(stack.container(Stack.CHROMA)).deployment());

      assertThat(DockerCli.docker("ps", "--all", "--quiet", "--filter", "id=" + left)).isBlank();
    }
  }

  @Test
  void aRestoreOfAnotherMachineThatIsUnfinishedSaysWhatToRemoveIfThatIsGone() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      String container = stack.container(Stack.CHROMA);
      stack.exec(Stack.CHROMA, "mkdir", "-p", "/data/.chromabackup/old");
      String turn = container + "-turn";
      List<String> create =
          new ArrayList<>(
              List.of(
                  "create",
                  "--name",
                  turn,
                  "--label",
                  Purpose.LABEL + "=restore",
                  "--label",
                  Companions.BESIDE + "=" + container));
      new OwnerProcess("elsewhere", "b", "s", 7, "1")
          .labels()
          .forEach((key, value) -> create.addAll(List.of("--label", key + "=" + value)));
      create.add(RealDocker.image());
      DockerCli.docker(create.toArray(String[]::new));
      try {
        ChromaDeployment chroma = docker.chroma(container).deployment();
        assertThatThrownBy(() -> chroma.target().needsRecovery())
            .isInstanceOf(ChromaBackupException.Locked.class)
            .hasMessageContaining("process 7 on elsewhere")
            .hasMessageContaining("docker rm " + turn);
      } finally {
        DockerCli.docker("rm", turn);
      }
    }
  }

  /** Killed between the decision and the end of what it let be deleted. */
  @Test
  void whatIsLeftOfARestoreThatWasDecidedIsDeletedWithoutStoppingChroma() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      Instant started = stack.startedAt(Stack.CHROMA);
      stack.exec(
          Stack.CHROMA,
          "sh",
          "-c",
          "cd /data; mkdir -p .chromabackup/old; echo old > .chromabackup/old/chroma.sqlite3;"
              + " printf 'chromabackup restore journal 1\\nstate COMMITTED\\nold chroma.sqlite3\\n"
              + "new chroma.sqlite3\\nend\\n' > .chromabackup/journal");
      ChromaDeployment chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      assertThat(chroma.target().needsRecovery()).isFalse();

      assertThat(backups.recover(chroma))
          .hasValueSatisfying(said -> assertThat(said).contains("final"));

      assertThat(stack.startedAt(Stack.CHROMA)).isEqualTo(started);
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void theStoreIsNotNeededForRecovery() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start();
        ArchiveStore empty = LocalArchiveStore.in(directory.resolve("empty"))) {
      assertThat(
              ChromaBackup.using(empty)
                  .recover(docker.chroma(stack.container(Stack.CHROMA)).deployment()))
          .isEmpty();
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }
}
