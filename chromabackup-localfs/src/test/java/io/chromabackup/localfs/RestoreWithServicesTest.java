package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.HealthCheck;
import io.chromabackup.RestoreOptions;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of services and data when a restore meets services that misbehave. */
class RestoreWithServicesTest {
  @TempDir Path directory;
  private Path data;
  private Map<String, Integer> old;
  private ArchiveName archive;
  private ChromaBackup backups;
  private final List<String> log = new ArrayList<>();
  private final RecordingService chroma = new RecordingService("chroma", log);
  private final RecordingService rag = new RecordingService("rag", log);
  private final RecordingService worker = new RecordingService("worker", log);

  @BeforeEach
  void backUpAndChange() throws IOException {
    data = Fixture.copyTo(directory.resolve("chroma"));
    backups = ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")));
    archive = backups.backup(LocalChroma.at(data)).archive().name();
    Files.write(data.resolve("chroma.sqlite3-journal"), new byte[20]);
    old = Fixture.content(data);
  }

  private ChromaDeployment deployment() {
    return LocalChroma.at(data).heldBy(chroma).withDependents(rag, worker);
  }

  private void restore(ChromaDeployment deployment) throws IOException {
    backups.restore(archive, deployment, RestoreOptions.defaults().replace());
  }

  private void assertOldDataAndEverythingRunning() throws IOException {
    assertThat(Fixture.content(data)).isEqualTo(old);
    assertThat(List.of(chroma, rag, worker)).allMatch(RecordingService::isRunning);
  }

  @Test
  void dependentsAreStoppedFirstAndStartedLast() throws IOException {
    restore(deployment());

    assertThat(log)
        .containsExactly("stop rag", "stop worker", "stop", "start", "start worker", "start rag");
    assertThat(data.resolve("chroma.sqlite3-journal")).doesNotExist();
  }

  @Test
  void aDependentThatWasDownStaysDown() throws IOException {
    worker.down();

    restore(deployment());

    assertThat(worker.isRunning()).isFalse();
    assertThat(log).containsExactly("stop rag", "stop", "start", "start rag");
  }

  @Test
  void aServiceThatDoesNotStopLeavesEverythingAsItWas() throws IOException {
    chroma.failOn("stop");

    assertThatThrownBy(() -> restore(deployment()))
        .isInstanceOf(ChromaBackupException.ServiceNotHeld.class)
        .hasMessageContaining("chroma");

    assertOldDataAndEverythingRunning();
  }

  @Test
  void aServiceThatDoesNotComeUpHasTheOldDataPutBackAndIsReported() throws IOException {
    chroma.failOn("start");

    assertThatThrownBy(() -> restore(deployment()))
        .isInstanceOfSatisfying(
            ChromaBackupException.RestoreFailed.class,
            failed -> assertThat(failed.rolledBack()).isTrue())
        .hasMessageContaining("The old data is back")
        .hasMessageContaining("MAY BE DOWN");

    assertThat(Fixture.content(data)).isEqualTo(old);
    assertThat(rag.isRunning()).isTrue();
    assertThat(worker.isRunning()).isTrue();
  }

  @Test
  void aChromaThatServesOtherDataHasTheOldDataPutBack() throws IOException {
    HealthCheck mismatch =
        (expected, patience) -> {
          throw new ChromaBackupException.Unhealthy("chroma", "3 instead of 1090", null);
        };

    assertThatThrownBy(() -> restore(deployment().checkedBy(mismatch)))
        .isInstanceOf(ChromaBackupException.RestoreFailed.class)
        .hasMessageContaining("3 instead of 1090");

    assertOldDataAndEverythingRunning();
  }

  @Test
  void aDependentThatIsNotHealthyOnTheNewDataHasTheOldDataPutBack() throws IOException {
    rag.failOn("health");

    assertThatThrownBy(() -> restore(deployment()))
        .isInstanceOf(ChromaBackupException.RestoreFailed.class)
        .hasMessageContaining("rag");

    assertOldDataAndEverythingRunning();
  }

  @Test
  void aCheckThatBreaksHasTheOldDataPutBack() throws IOException {
    HealthCheck broken =
        (expected, patience) -> {
          throw new IllegalStateException("a bug in the check");
        };

    assertThatThrownBy(() -> restore(deployment().checkedBy(broken)))
        .isInstanceOf(ChromaBackupException.RestoreFailed.class)
        .hasRootCauseMessage("a bug in the check");

    assertOldDataAndEverythingRunning();
  }

  @Test
  void anInterruptWhileTheServerComesUpHasTheOldDataPutBack() throws IOException {
    HealthCheck interrupted =
        (expected, patience) -> {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted");
        };

    assertThatThrownBy(() -> restore(deployment().checkedBy(interrupted)))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertOldDataAndEverythingRunning();
  }

  @Test
  void theCheckIsToldWhatTheArchiveHolds() throws IOException {
    List<Long> expectedDocuments = new ArrayList<>();

    restore(
        deployment()
            .checkedBy(
                (expected, patience) -> {
                  expected.forEach(collection -> expectedDocuments.add(collection.documents()));
                  return "asked";
                }));

    assertThat(expectedDocuments).containsExactlyInAnyOrder(1090L, 60L, 12L, 20L, 0L);
  }

  @Test
  void aDependentThatDoesNotStopAgainDoesNotKeepTheOldDataAway() throws IOException {
    HealthCheck mismatch =
        (expected, patience) -> {
          throw new ChromaBackupException.Unhealthy("chroma", "wrong data", null);
        };
    ChromaDeployment stubborn = LocalChroma.at(data).heldBy(chroma).withDependents(rag);
    rag.failOn("health").failOnSecond("stop");

    assertThatThrownBy(() -> restore(stubborn))
        .isInstanceOfSatisfying(
            ChromaBackupException.RestoreFailed.class,
            failed -> assertThat(failed.rolledBack()).isTrue());
    assertThatThrownBy(() -> restore(stubborn.checkedBy(mismatch)))
        .isInstanceOf(ChromaBackupException.class);

    assertOldDataAndEverythingRunning();
  }

  @Test
  void aBackupDuringARestoreLeavesTheServicesAlone() throws IOException {
    List<Throwable> refusals = new ArrayList<>();
    ChromaBackup others =
        ChromaBackup.using(LocalArchiveStore.in(directory.resolve("other-backups")));
    HealthCheck busy =
        (expected, patience) -> {
          refusals.add(catchThrowable(() -> others.backup(LocalChroma.at(data).heldBy(chroma))));
          return "asked";
        };

    restore(deployment().checkedBy(busy));

    assertThat(refusals)
        .hasSize(1)
        .allSatisfy(
            refusal ->
                assertThat(refusal)
                    .isInstanceOf(ChromaBackupException.Locked.class)
                    .hasMessageContaining("restore"));
    assertThat(log)
        .containsExactly("stop rag", "stop worker", "stop", "start", "start worker", "start rag");
  }

  /** Its process was killed, or could not delete, once it had decided. */
  @Test
  void nothingIsStoppedForARestoreThatIsFinalAndHasLeftWhatItReplaced() throws IOException {
    restore(deployment());
    log.clear();
    Path work = Files.createDirectory(data.resolve(LocalTarget.WORK));
    Files.writeString(Files.createDirectory(work.resolve("old")).resolve("chroma.sqlite3"), "old");
    List<String> names = List.of("chroma.sqlite3");
    new SwapJournal(SwapJournal.State.COMMITTED, names, names).write(work);

    assertThat(backups.backup(deployment()).warnings())
        .anyMatch(text -> text.contains("was final"));

    assertThat(log).isEmpty();
    assertThat(work).doesNotExist();
  }

  @Test
  void nothingIsStoppedForAnArchiveThatIsDamaged() throws IOException {
    Fixture.rot(directory.resolve("backups").resolve(archive.toString()));

    assertThatThrownBy(() -> restore(deployment()))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);

    assertThat(log).isEmpty();
    assertOldDataAndEverythingRunning();
  }
}
