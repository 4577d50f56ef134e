package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupOptions;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.RestoreFailed;
import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.HealthCheck;
import io.chromabackup.Quiet;
import io.chromabackup.RestoreOptions;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a service does that does not do what it is told, and how a backup and a restore end then.
 */
@Tag("slow")
@Timeout(180)
class MisbehavingServiceTest {
  private static final Duration SHORT = Duration.ofMillis(1500);

  /** Steps of the service's script. */
  enum Trouble {
    STOP_FAILS("stop() { echo no right to do that; exit 4; }"),
    STOP_HANGS("stop() { sleep 1000; }"),
    STOP_LIES("stop() { :; }"),
    START_FAILS_ONCE("start() { echo try >>tries; [ $(wc -l <tries) -gt 1 ] || exit 1; launch; }"),
    START_FAILS_TWICE("start() { echo try >>tries; [ $(wc -l <tries) -gt 2 ] || exit 1; launch; }"),
    START_FAILS("start() { exit 1; }"),
    STARTS_AND_DIES("start() { launch; (sleep 0.2; kill $(pid)) & }");

    private final String script;

    Trouble(String script) {
      this.script = script;
    }
  }

  @TempDir Path directory;
  private Path data;
  private Map<String, Integer> old;
  private ArchiveName archive;
  private ChromaBackup backups;
  private ScriptedService chroma;

  @BeforeEach
  void aServerThatRunsOnDataThatIsBackedUp() throws IOException {
    data = Fixture.copyTo(directory.resolve("chroma"));
    backups = ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")));
    archive = backups.backup(LocalChroma.at(data)).archive().name();
    // what a restore replaces can be told from what it brings
    Fixture.copyTo(data.resolve("5b2f3b0e-0000-4000-8000-000000000000"));
    old = Fixture.content(data);
    chroma = new ScriptedService(directory.resolve("service"));
    chroma.start();
  }

  @AfterEach
  void killIt() throws IOException {
    chroma.close();
  }

  private ChromaDeployment deployment(Duration timeout) {
    return LocalChroma.at(data)
        .heldBy(chroma.builder().statusCommand(chroma.words("status")).timeout(timeout).build());
  }

  private void backup(Duration timeout) throws IOException {
    backups.backup(deployment(timeout), BackupOptions.defaults().quiet(Quiet.STOP));
  }

  private void restore(ChromaDeployment deployment) throws IOException {
    backups.restore(archive, deployment, RestoreOptions.defaults().replace());
  }

  private Duration timeoutFor(Trouble trouble) {
    return trouble.name().startsWith("STOP") ? SHORT : Duration.ofSeconds(20);
  }

  @ParameterizedTest
  @EnumSource(names = "STOP_.*", mode = Mode.MATCH_ALL)
  void aServiceThatDoesNotStopRunsOnAndNothingIsBackedUp(Trouble trouble) throws IOException {
    chroma.override(trouble.script);

    assertThat(catchThrowable(() -> backup(timeoutFor(trouble))))
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("daemon")
        .hasMessageContaining("runs");

    chroma.assertRuns();
    assertThat(chroma.starts()).isEqualTo(1);
    assertThat(backups.list()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = "STOP_.*", mode = Mode.MATCH_ALL)
  void aServiceThatDoesNotStopRunsOnAndNothingIsRestored(Trouble trouble) throws IOException {
    chroma.override(trouble.script);

    assertThat(catchThrowable(() -> restore(deployment(timeoutFor(trouble)))))
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("runs");

    chroma.assertRuns();
    assertThat(Fixture.content(data)).isEqualTo(old);
  }

  /** Whoever has stopped it starts it when he is done, be it in the midst of a restore. */
  @Test
  void nothingIsRestoredWhileSomebodyElseHasTheServiceStopped() throws IOException {
    try (Hold other = chroma.controller().stop()) {
      assertThat(catchThrowable(() -> restore(deployment(Duration.ofSeconds(20)))))
          .isInstanceOf(ServiceNotHeld.class)
          .hasMessageContaining("it is stopped by process " + ProcessHandle.current().pid());
      assertThat(Fixture.content(data)).isEqualTo(old);
    }
    chroma.assertRuns();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStartThatFailsOnceOrTwiceIsTriedAgain(boolean twice) throws IOException {
    chroma.override((twice ? Trouble.START_FAILS_TWICE : Trouble.START_FAILS_ONCE).script);

    backup(Duration.ofSeconds(20));

    chroma.assertRuns();
    assertThat(chroma.starts()).isEqualTo(2);
    assertThat(backups.list()).hasSize(2);

    restore(deployment(Duration.ofSeconds(20)));

    chroma.assertRuns();
    assertThat(Fixture.content(data)).isNotEqualTo(old);
  }

  @ParameterizedTest
  @EnumSource(names = {"START_FAILS", "STARTS_AND_DIES"})
  void aServiceThatDoesNotComeBackFromABackupIsBroughtBackByTheNext(Trouble trouble)
      throws IOException {
    chroma.override(trouble.script);

    assertThat(catchThrowable(() -> backup(timeoutFor(trouble))))
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("start it by hand");
    chroma.assertIsDown();

    chroma.override("");
    assertThat(backups.backup(deployment(timeoutFor(trouble))).warnings())
        .anySatisfy(warning -> assertThat(warning).contains("it was started"));
    chroma.assertRuns();
  }

  @ParameterizedTest
  @EnumSource(names = {"START_FAILS", "STARTS_AND_DIES"})
  void aServiceThatDoesNotComeUpOnRestoredDataHasTheOldDataAndIsBroughtBackByTheNext(
      Trouble trouble) throws IOException {
    chroma.override(trouble.script);

    assertThat(catchThrowable(() -> restore(deployment(timeoutFor(trouble)))))
        .isInstanceOfSatisfying(
            RestoreFailed.class, failed -> assertThat(failed.rolledBack()).isTrue())
        .hasMessageContaining("The old data is back")
        .hasMessageContaining("MAY BE DOWN");
    chroma.assertIsDown();
    assertThat(Fixture.content(data)).isEqualTo(old);

    chroma.override("");
    assertThat(backups.recover(deployment(timeoutFor(trouble)))).isPresent();
    chroma.assertRuns();
    assertThat(Fixture.content(data)).isEqualTo(old);
  }

  @ParameterizedTest
  @ValueSource(strings = {"the queries fail", "it serves other data"})
  void aServiceThatRunsAndDoesNotServeTheRestoredDataHasTheOldData(String problem)
      throws IOException {
    HealthCheck sick =
        (expected, patience) -> {
          throw new Unhealthy("daemon", problem, null);
        };

    assertThat(catchThrowable(() -> restore(deployment(Duration.ofSeconds(20)).checkedBy(sick))))
        .isInstanceOfSatisfying(
            RestoreFailed.class, failed -> assertThat(failed.rolledBack()).isTrue())
        .hasMessageContaining(problem);

    chroma.assertRuns();
    assertThat(Fixture.content(data)).isEqualTo(old);
  }
}
