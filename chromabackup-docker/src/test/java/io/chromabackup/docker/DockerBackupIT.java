package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.DataContents;
import io.chromabackup.EntrySink;
import io.chromabackup.Quiet;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.SourceProbe;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.RealDocker;
import io.chromabackup.testkit.RecordCheck;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a Chroma in a container of a stack that goes on working. */
class DockerBackupIT {
  private static final int BACKUPS = Effort.of(6, 20);

  @TempDir Path directory;
  private DockerEngine docker;
  private ChromaBackup backups;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws IOException {
    docker = DockerEngine.connect();
    backups =
        ChromaBackup.builder(LocalArchiveStore.in(directory.resolve("backups")))
            .retention(RetentionPolicy.keepAll())
            .build();
  }

  @AfterEach
  void disconnect() throws IOException {
    docker.close();
  }

  @Test
  void consecutiveBackupsUnderWriteLoadHaveNoWrongRecord() throws Exception {
    List<BackupReport> reports = new ArrayList<>();
    List<Long> byHand = new ArrayList<>();
    try (Stack stack = Stack.start()) {
      for (int i = 0; i < BACKUPS; i++) {
        stack.worker().awaitWrites(100);
        byHand.add(LegacyScript.pauseCopy(stack, directory.resolve("by-hand.tar")).total());
        reports.add(backups.backup(docker.chroma(stack.container(Stack.CHROMA)).deployment()));
      }
      assertThat(stack.inspectOurs()).isEmpty();
      assertThat(stack.worker().refusals()).isEmpty();
    }
    print(reports, byHand);
    for (BackupReport report : reports) {
      assertThat(report.manifest().quiet()).isIn(Quiet.PAUSE, Quiet.STOP);
      assertThat(report.held()).isPositive();
      requireEveryRecordRight(report);
    }
  }

  private void requireEveryRecordRight(BackupReport report) throws IOException {
    ArchiveName archive = report.archive().name();
    try (Stack fresh = Stack.with().withoutRag().withoutWorker().start()) {
      backups.restore(
          archive,
          docker.chroma(fresh.container(Stack.CHROMA)).deployment(),
          RestoreOptions.defaults().replace());
      RecordCheck.Result result = fresh.check();
      assertThat(result.wrong()).as("%s", archive).isEmpty();
      assertThat(result.records()).as("documents of %s", archive).isEqualTo(report.documents());
      assertThat(result.records()).isPositive();
      assertThat(fresh.inspectOurs()).isEmpty();
    }
  }

  private static void print(List<BackupReport> reports, List<Long> byHand) {
    List<Long> held = reports.stream().map(report -> report.held().toMillis()).sorted().toList();
    List<Long> hands = byHand.stream().sorted().toList();
    System.out.printf(
        "%d backups under load: frozen for %s ms, median %d; docker pause, cp, unpause: %s ms, median %d; ratio of the medians %.2f; at most %d attempts; quiet %s%n",
        reports.size(),
        held,
        held.get(held.size() / 2),
        hands,
        hands.get(hands.size() / 2),
        (double) held.get(held.size() / 2) / hands.get(hands.size() / 2),
        reports.stream().mapToInt(BackupReport::attempts).max().orElse(0),
        reports.stream().map(report -> report.manifest().quiet()).distinct().toList());
  }

  @Test
  void dataBesideTheMountedVolumeIsBackedUpWithALoudWarning() throws Exception {
    try (Stack stack = Stack.with().mountAt(Stack.OLD_DATA).withoutRag().records(300).start()) {
      stack.worker().stop();
      BackupReport report =
          backups.backup(docker.chroma(stack.container(Stack.CHROMA)).deployment());

      assertThat(report.documents()).isEqualTo(stack.check().records()).isPositive();
      assertThat(report.warnings())
          .anySatisfy(
              warning -> assertThat(warning).contains("/data", "no volume", "/chroma/chroma"));
      assertThatThrownBy(
              () ->
                  backups.restore(
                      report.archive().name(),
                      docker.chroma(stack.container(Stack.CHROMA)).deployment(),
                      RestoreOptions.defaults().replace()))
          .isInstanceOf(ChromaBackupException.TargetUnsuitable.class)
          .hasMessageContaining("Mount a volume at /data");
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.check().wrong()).isEmpty();
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aStoppedContainerIsBackedUpColdIfThatIsWanted() throws Exception {
    try (Stack stack = Stack.with().withoutRag().records(300).start()) {
      stack.worker().stop();
      long records = stack.check().records();
      stack.stop(Stack.CHROMA);
      var chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();

      assertThatThrownBy(() -> backups.backup(chroma))
          .isInstanceOf(ChromaBackupException.ServiceDown.class)
          .hasMessageContaining("not running")
          .hasMessageContaining("cold");
      BackupReport cold = backups.backup(chroma, BackupOptions.defaults().quiet(Quiet.STOP));

      assertThat(cold.documents()).isEqualTo(records);
      assertThat(cold.held()).isEqualTo(Duration.ZERO);
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("exited");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void anImageWithoutAShellIsBackedUpAllTheSame() throws Exception {
    String bare = "chromabackup-test/no-shell:" + ProcessHandle.current().pid();
    String maker = "chromabackup-test-maker-" + ProcessHandle.current().pid();
    try {
      DockerCli.docker(
          "run",
          "--name",
          maker,
          "--entrypoint",
          "/bin/sh",
          RealDocker.image(),
          "-c",
          "rm -f $(command -v bash dash sh) /bin/sh /usr/bin/sh");
      DockerCli.docker("commit", "--change", "ENTRYPOINT [\"chroma\"]", maker, bare);
      BackupReport report = backups.backup(docker.chroma(serving(bare, maker)).deployment());

      assertThat(report.manifest().quiet()).isEqualTo(Quiet.PAUSE);
      assertThat(report.warnings())
          .anySatisfy(warning -> assertThat(warning).contains("could not be looked at"));
    } finally {
      DockerCli.attempt("rm", "-fv", maker, maker + "-chroma");
      DockerCli.attempt("rmi", bare);
    }
  }

  private static String serving(String image, String maker) throws InterruptedException {
    String name = maker + "-chroma";
    DockerCli.docker("run", "-d", "--name", name, "-v", "/data", image, "run", "/config.yaml");
    for (int i = 0; i < 100; i++) {
      if (DockerCli.attempt("cp", name + ":/data/chroma.sqlite3", "-").isSuccess()) {
        return name;
      }
      Thread.sleep(200);
    }
    throw new AssertionError("Chroma makes no database: " + DockerCli.docker("logs", name));
  }

  @Test
  void aContainerThatWasPausedBySomebodyStaysPaused() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      stack.pause(Stack.CHROMA);
      BackupReport report =
          backups.backup(docker.chroma(stack.container(Stack.CHROMA)).deployment());

      assertThat(report.manifest().quiet()).isEqualTo(Quiet.PAUSE);
      assertThat(report.warnings())
          .anySatisfy(warning -> assertThat(warning).contains("is paused, and serves nobody"));
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("paused");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aBackupUnderStopStartsTheContainerAgain() throws Exception {
    try (Stack stack = Stack.with().withoutRag().start()) {
      BackupReport report =
          backups.backup(
              docker.chroma(stack.project(), Stack.CHROMA).deployment(),
              BackupOptions.defaults().quiet(Quiet.STOP));

      assertThat(report.manifest().quiet()).isEqualTo(Quiet.STOP);
      assertThat(report.held()).isGreaterThan(Duration.ofMillis(100));
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      stack.worker().awaitWrites(100);
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aContainerThatSomebodyElseHoldsIsNotTouched() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      var held = docker.service(stack.container(Stack.CHROMA)).pause();
      try (held) {
        assertThatThrownBy(
                () -> backups.backup(docker.chroma(stack.container(Stack.CHROMA)).deployment()))
            .isInstanceOf(ChromaBackupException.Locked.class)
            .hasMessageContaining("process " + ProcessHandle.current().pid());
        assertThat(stack.state(Stack.CHROMA)).isEqualTo("paused");
      }
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void anInterruptWhileTheContainerIsFrozenThawsIt() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      ChromaDeployment chroma = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      List<String> states = new ArrayList<>();
      ChromaDeployment interrupting =
          ChromaDeployment.of(
                  interruptedInTheMidst(
                      chroma.source(), () -> states.add(stack.state(Stack.CHROMA))),
                  chroma.target())
              .heldBy(chroma.service());

      assertThatThrownBy(() -> backups.backup(interrupting))
          .isInstanceOf(InterruptedIOException.class);

      assertThat(states).containsExactly("paused");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  private static BackupSource interruptedInTheMidst(BackupSource source, Runnable first) {
    return new BackupSource() {
      @Override
      public String describe() {
        return source.describe();
      }

      @Override
      public SourceProbe probe() throws IOException {
        return source.probe();
      }

      @Override
      public DataContents contents(Path scratch) throws IOException {
        return source.contents(scratch);
      }

      @Override
      public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
        source.copyTo(
            (entry, content) -> {
              first.run();
              Thread.currentThread().interrupt();
              sink.accept(entry, content);
            },
            quiet,
            scratch);
      }
    };
  }
}
