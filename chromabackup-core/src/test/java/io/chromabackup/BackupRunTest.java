package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.ArchiveDamaged;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.ChromaBackupException.QuietUnavailable;
import io.chromabackup.ChromaBackupException.ServiceDown;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a backup does when the store, the service or the source is in its way. */
class BackupRunTest {
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

  @TempDir Path workspace;

  private final Shelf shelf = new Shelf();
  private final WatchedDeployment watched = new WatchedDeployment();
  private ChromaBackup backups;

  @BeforeEach
  void configure() {
    backups =
        ChromaBackup.builder(shelf)
            .workspace(workspace)
            .clock(() -> NOW)
            .retention(RetentionPolicy.keepLast(1))
            .build();
  }

  private static ArchiveName name(Duration before) {
    return ArchiveName.of(NOW.minus(before), ArchiveFormat.TAR_GZ);
  }

  @Test
  void aStoreWithoutRoomIsToldBeforeAnythingIsHeld() {
    shelf.space = OptionalLong.of(0);

    assertThatThrownBy(() -> backups.backup(watched.unquiet().served()))
        .isInstanceOf(NoSpace.class)
        .hasMessageContaining("the shelf");

    assertThat(watched.touched).isEmpty();
  }

  @Test
  void aNameThatAnotherWriterTookMeanwhileIsFollowedByTheNext() throws IOException {
    shelf.takeBeforeWrite(name(Duration.ZERO), name(Duration.ofSeconds(-1)));

    BackupReport report = backups.backup(watched.alone());

    assertThat(report.archive().name()).isEqualTo(name(Duration.ofSeconds(-2)));
    assertThat(backups.verify(report.archive().name()).isSound()).isTrue();
  }

  @Test
  void namesThatAreAllTakenAreGivenUp() {
    shelf.isTakenAlways = true;

    assertThatThrownBy(() -> backups.backup(watched.alone())).isInstanceOf(ArchiveExists.class);
  }

  @Test
  void anArchiveThatIsReadBackOtherwiseIsNotStored() {
    shelf.readBack = HostileSample.INSTANCE.ownComplete().gz();

    assertThatThrownBy(() -> backups.backup(watched.alone()))
        .isInstanceOf(ArchiveDamaged.class)
        .hasMessageContaining("was not stored")
        .hasMessageContaining("not read back as it was written")
        .hasMessageContaining("the shelf, which does not give back what is written to it");

    assertThat(shelf.list()).isEmpty();
  }

  @Test
  void anArchiveThatTheStoreDidNotHaveReadBackIsReadBackAllTheSame() throws IOException {
    backupAt(NOW.minus(Duration.ofDays(1)));
    shelf.asksNobody = true;
    shelf.loses = 100;

    assertThatThrownBy(() -> backups.backup(watched.alone()))
        .isInstanceOf(ArchiveDamaged.class)
        .hasMessageContaining("the shelf, which does not give back what is written to it");

    assertThat(shelf.list())
        .extracting(ArchiveInfo::name)
        .containsExactly(name(Duration.ofDays(1)));
    shelf.loses = 0;
    assertThat(backups.backup(watched.alone()).pruned()).containsExactly(name(Duration.ofDays(1)));
  }

  /** Chroma may be down since, for days if the store is away or in use each night. */
  @Test
  void whatIsUnfinishedIsSettledWhateverIsWithTheStore() {
    shelf.isLocked = true;
    watched.needsRecovery = true;

    assertThatThrownBy(() -> backups.backup(watched.served()))
        .isInstanceOf(ChromaBackupException.Locked.class);

    assertThat(watched.touched).containsExactly("stop", "start");
  }

  @Test
  void aBackupIsGoodThoughTheLockCouldNotBeGivenBack() throws IOException {
    shelf.keepsItsLock = true;

    BackupReport report = backups.backup(watched.alone());

    assertThat(shelf.has(report.archive().name())).isTrue();
    assertThat(backups.prune().deleted()).isEmpty();
  }

  @Test
  void aWorkDirectoryOfNoUseIsToldOfInPlaceOfTheArchives() throws IOException {
    backupAt(NOW.minus(Duration.ofDays(1)));
    Path file = Files.createFile(workspace.resolve("file"));
    ChromaBackup unusable =
        ChromaBackup.builder(shelf).workspace(file.resolve("work")).clock(() -> NOW).build();

    assertThatThrownBy(unusable::prune)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void whatMayNotBePrunedYetStaysAndIsToldOf() throws IOException {
    for (int day = 1; day <= 4; day++) {
      backupAt(NOW.minus(Duration.ofDays(day)));
    }
    shelf.failDelete(name(Duration.ofDays(4)), new IOException("Operation not permitted"));
    shelf.failDelete(name(Duration.ofDays(1)), new ArchiveInUse(name(Duration.ofDays(1)), "shelf"));
    shelf.failDelete(name(Duration.ofDays(2)), new AccessDeniedException("x"));

    BackupReport report = backups.backup(watched.alone());

    assertThat(report.pruned()).containsExactly(name(Duration.ofDays(3)));
    assertThat(report.warnings())
        .anyMatch(warning -> warning.contains("is being read and was not deleted"))
        .anyMatch(warning -> warning.contains("could not be deleted: access is denied"))
        .anyMatch(warning -> warning.contains("could not be deleted: Operation not permitted"));
  }

  @Test
  void aBackupIsGoodThoughRetentionFailed() throws IOException {
    backupAt(NOW.minus(Duration.ofDays(1)));
    shelf.failDelete(name(Duration.ofDays(1)), new IllegalStateException("odd"));

    BackupReport report = backups.backup(watched.alone());

    assertThat(report.warnings()).contains("retention failed: odd");
    assertThat(shelf.has(report.archive().name())).isTrue();
  }

  @Test
  void whatWasDeletedBeforeRetentionFailedIsReported() throws IOException {
    backupAt(NOW.minus(Duration.ofDays(2)));
    backupAt(NOW.minus(Duration.ofDays(1)));
    shelf.failDelete(name(Duration.ofDays(2)), new IllegalStateException("odd"));

    BackupReport report = backups.backup(watched.alone());

    assertThat(report.pruned()).containsExactly(name(Duration.ofDays(1)));
    assertThat(report.warnings()).contains("retention failed: odd");
  }

  @Test
  void theLatestOfADeploymentIsItsOwnNewestGoodOne() throws IOException {
    backupAt(NOW.minus(Duration.ofDays(2)));
    shelf.put(name(Duration.ofDays(1)).toString(), HostileSample.INSTANCE.ownComplete().gz());
    shelf.put(name(Duration.ofHours(1)).toString(), new byte[7]);

    assertThat(backups.latest(watched.alone()))
        .map(ArchiveListing::name)
        .contains(name(Duration.ofDays(2)));
    assertThat(ChromaBackup.using(new Shelf()).latest(watched.alone())).isEmpty();
  }

  private void backupAt(Instant time) throws IOException {
    ChromaBackup.builder(shelf)
        .workspace(workspace)
        .clock(() -> time)
        .retention(RetentionPolicy.keepAll())
        .build()
        .backup(watched.alone());
  }

  @Test
  void aSourceThatIsReadThroughItsServiceNeedsThatToRun() {
    watched.chroma.running = false;

    assertThatThrownBy(() -> backups.backup(watched.unquiet().served()))
        .isInstanceOf(ServiceDown.class)
        .hasMessageContaining("service");
  }

  @Test
  void aServiceIsHeldForTheCopyAloneIfTheSourceNeedsThat() throws IOException {
    BackupReport report = backups.backup(watched.unquiet().served());

    assertThat(watched.touched).containsExactly("pause", "resume");
    assertThat(report.manifest().quiet()).isEqualTo(Quiet.PAUSE);
  }

  @Test
  void aSourceThatNobodyCanHoldStillIsToldWhatItOffers() {
    assertThatThrownBy(() -> backups.backup(watched.unquiet().alone()))
        .isInstanceOf(QuietUnavailable.class)
        .hasMessageContaining("nothing");
    assertThatThrownBy(
            () ->
                backups.backup(
                    new WatchedDeployment().served(),
                    BackupOptions.defaults().quiet(Quiet.BARRIER)))
        .isInstanceOf(QuietUnavailable.class)
        .hasMessageContaining("optimistic, pause, stop");
  }

  @Test
  void optionsSayWhatTheyAre() {
    assertThat(BackupOptions.defaults().quiet(Quiet.STOP).salvage())
        .hasToString(
            "BackupOptions[quiet=STOP, allowEmpty=false, salvage=true, format=TAR_GZ, inspection=FAST]");
    assertThat(BackupOptions.defaults().allowEmpty())
        .hasToString(
            "BackupOptions[quiet=the least, allowEmpty=true, salvage=false, format=TAR_GZ, inspection=FAST]");
    assertThat(RestoreOptions.defaults().replace().allowDamaged().patience(Duration.ofSeconds(9)))
        .hasToString(
            "RestoreOptions[asks=true, allowDamaged=true, allowNewerSchema=false, patience=PT9S]");
    for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> RestoreOptions.defaults().patience(none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not positive");
    }
  }
}
