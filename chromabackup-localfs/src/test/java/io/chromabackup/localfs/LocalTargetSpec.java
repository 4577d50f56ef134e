package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.TargetUnsuitable;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import io.chromabackup.files.FileTree;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a restore target does, on whatever file system {@link #root()} is. */
abstract class LocalTargetSpec {
  Path data;
  Path work;
  LocalTarget target;

  /** An empty directory. */
  abstract Path root() throws IOException;

  @BeforeEach
  void makeOldData() throws IOException {
    data = Trees.write(Trees.OLD, root().resolve("chroma"));
    work = data.resolve(".chromabackup");
    target = new LocalTarget(data);
  }

  /** The archive, unpacked beside the data directory. */
  StagedFiles archive() throws IOException {
    return Trees.staged(Trees.ARCHIVE, root().resolve("unpacked"));
  }

  /** The archive, unpacked in the target's workspace. */
  StagedFiles archiveInWorkspace() throws IOException {
    Path staging = Files.createTempDirectory(target.workspace().orElseThrow(), "staging-");
    return Trees.staged(Trees.ARCHIVE, staging.resolve("files"));
  }

  /** A new object, as another process would have. */
  LocalTarget another() {
    return new LocalTarget(data);
  }

  void requireOld() throws IOException {
    assertThat(Trees.readAll(data)).isEqualTo(Trees.OLD);
  }

  void requireNew() throws IOException {
    assertThat(Trees.readAll(data)).isEqualTo(Trees.NEW);
  }

  @Test
  void itIsNamedAfterItsDirectory() {
    assertThat(target.describe()).isEqualTo(data.toString());
  }

  @Test
  void aCommittedRestoreReplacesWhatIsChromasAndNothingElse() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      replacement.commit();
    }
    requireNew();
    assertThat(target.needsRecovery()).isFalse();
  }

  @Test
  void aLinkInPlaceOfOurDirectoryIsNotFollowed() throws IOException {
    StagedFiles archive = archive();
    Path elsewhere = Files.createDirectories(root().resolve("elsewhere"));
    Files.createDirectory(elsewhere.resolve("new"));
    Path precious = Files.createFile(elsewhere.resolve("new").resolve("precious"));
    Path lock = Files.createFile(elsewhere.resolve("lock"));
    Files.createSymbolicLink(work, elsewhere);

    assertThat(target.needsRecovery()).isFalse();
    assertThatThrownBy(target::recover)
        .isInstanceOf(TargetUnsuitable.class)
        .hasMessageContaining("is a link");
    assertThatThrownBy(target::workspace).isInstanceOf(TargetUnsuitable.class);
    assertThatThrownBy(() -> target.stage(archive)).isInstanceOf(TargetUnsuitable.class);

    assertThat(precious).exists();
    assertThat(lock).exists();
    assertThat(Trees.read(data)).isEqualTo(Trees.OLD);
  }

  @Test
  void stagingTouchesNothingLive() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      assertThat(Trees.read(data)).isEqualTo(Trees.OLD);
    }
  }

  @Test
  void whatIsStagedAndNotSwappedIsGoneWhenClosed() throws IOException {
    target.stage(archive()).close();
    requireOld();
    assertThat(target.needsRecovery()).isFalse();
  }

  @Test
  void theOldSidecarsNeverMeetTheNewDatabaseAndComeBackWithTheOldOne() throws IOException {
    Path sidecar = data.resolve("chroma.sqlite3-journal");
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      assertThat(sidecar).doesNotExist();
      assertThat(data.resolve("chroma.sqlite3")).hasContent("the new database");
      replacement.rollBack();
      assertThat(sidecar).hasContent("the old journal");
    }
    requireOld();
  }

  @Test
  void whatAServerMadeOfTheNewDataGoesWithItWhenRolledBack() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      Files.writeString(data.resolve("chroma.sqlite3-wal"), "of the new database");
      Files.writeString(data.resolve("chroma.sqlite3"), "changed since");
      Trees.write(Map.of("header.bin", "made since"), data.resolve(Trees.B.replace('b', 'd')));
      replacement.rollBack();
    }
    requireOld();
  }

  /** As one of a container does that has the directory mounted, which takes no lock here. */
  @Test
  void whatAnotherHasSettledIsNotSaidToBePutBack() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      Files.move(work.resolve("old"), data.resolve(".chromabackup-replaced-20260101_000000"));
      Files.delete(work.resolve("journal"));

      assertThatThrownBy(replacement::rollBack)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("somebody else")
          .hasMessageContaining(".chromabackup-replaced-");
      assertThat(data.resolve("chroma.sqlite3")).hasContent("the new database");
    }
  }

  @Test
  void whatAnotherIsAboutToSettleIsNotPutBack() throws IOException {
    Path journal = work.resolve("journal");
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      String adopted = Files.readString(journal).replace("SWAPPED", "ADOPTED");
      Files.writeString(journal, adopted);

      replacement.reject();
      assertThatThrownBy(replacement::rollBack).hasMessageContaining("somebody else");

      assertThat(journal).hasContent(adopted);
    }
  }

  @Test
  void rollingBackTwiceOrBeforeASwapDoesNothing() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.rollBack();
      replacement.swap();
      replacement.rollBack();
      replacement.rollBack();
    }
    requireOld();
  }

  @Test
  void swappingTwiceOrCommittingUnswappedIsAMistakeOfTheCaller() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      assertThatThrownBy(replacement::commit).isInstanceOf(IllegalStateException.class);
      replacement.swap();
      assertThatThrownBy(replacement::swap).isInstanceOf(IllegalStateException.class);
      replacement.commit();
      assertThatThrownBy(replacement::rollBack).isInstanceOf(IllegalStateException.class);
    }
    requireNew();
  }

  @Test
  void whatIsSwappedAndNeitherCommittedNorRolledBackIsLeftForRecovery() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
    }
    assertThat(another().needsRecovery()).isTrue();
    assertThat(another().recover().orElseThrow()).contains("the data from before is back");
    requireOld();
    assertThat(another().recover()).isEmpty();
  }

  @Test
  void aRestoreUpOnAnUnfinishedOneIsRefused() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
    }
    Map<String, String> before = Trees.readAll(data);
    assertThatThrownBy(() -> another().stage(archive())).hasMessageContaining("Recover it first");
    assertThat(another().recover()).isPresent();
    assertThat(before).containsKey(".chromabackup/journal");
    requireOld();
  }

  @Test
  void recoveryOfNothingDoesNothingAndMakesNothing() throws IOException {
    assertThat(target.recover()).isEmpty();
    requireOld();
    LocalTarget missing = new LocalTarget(root().resolve("missing"));
    assertThat(missing.needsRecovery()).isFalse();
    assertThat(missing.recover()).isEmpty();
    assertThat(root().resolve("missing")).doesNotExist();
  }

  @Test
  void recoveryTidiesUpAfterARestoreThatDiedBeforeItChangedAnything() throws IOException {
    Trees.write(Trees.ARCHIVE, work.resolve("new"));
    Trees.write(Map.of("lock", "", "files/chroma.sqlite3", "half"), work.resolve("staging-1"));
    Files.writeString(work.resolve("journal.tmp"), "chromabackup rest");
    Files.writeString(work.resolve("lock"), "restore by a dead process");
    assertThat(target.needsRecovery()).isFalse();
    assertThat(target.recover()).isEmpty();
    requireOld();
  }

  @Test
  void whatADeadRestoreLeftIsNotMixedWithWhatTheNextPutsThere() throws IOException {
    for (StagedFiles files :
        new StagedFiles[] {
          archive(), Trees.staged(Trees.ARCHIVE, Trees.inMemory().getPath("/elsewhere"))
        }) {
      Trees.write(Map.of(Trees.A + "/header.bin", "of an earlier one"), work.resolve("new"));
      try (Replacement replacement = target.stage(files)) {
        replacement.swap();
        replacement.commit();
      }
      requireNew();
    }
  }

  @Test
  void recoveryOfASwapTakesWhatTheDeadProcessHadUnpackedAsWell() throws IOException {
    leaveSwapped();
    assertThat(another().recover()).isPresent();
    requireOld();
  }

  @Test
  void adoptionOfASwapTakesWhatTheDeadProcessHadUnpackedAsWell() throws IOException {
    leaveSwapped();
    Files.setLastModifiedTime(
        data.resolve("chroma.sqlite3"), FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(another().adopt()).isPresent();
    requireOnlyWhatWasReplacedIsLeft();
    assertThat(Trees.read(data)).isEqualTo(Trees.NEW);
  }

  /** As a process does that is killed between the swap and its end. */
  @Test
  void whatAServerHasWorkedOnSinceIsAdoptedAndWhatWasReplacedIsKept() throws IOException {
    leaveSwapped();
    workOnIt();

    String told = another().adopt().orElseThrow();

    assertThat(told).contains(data.toString(), "is final now");
    assertThat(data.resolve("chroma.sqlite3")).hasContent("worked on");
    Path kept = requireOnlyWhatWasReplacedIsLeft();
    assertThat(told).contains("is kept in " + kept);
    assertThat(another().needsRecovery()).isFalse();
    assertThat(another().recover()).isEmpty();
    assertThat(requireOnlyWhatWasReplacedIsLeft()).isEqualTo(kept);
  }

  /** As a process does that is killed between its decision and its end. */
  @Test
  void anAdoptionThatWasBrokenOffIsEndedWithoutStoppingAnything() throws IOException {
    leaveSwapped();
    workOnIt();
    SwapJournal.read(work).orElseThrow().in(SwapJournal.State.ADOPTED).write(work);

    assertThat(another().needsRecovery()).isFalse();
    assertThat(another().recover())
        .hasValueSatisfying(told -> assertThat(told).contains("is final now", "is kept in"));

    assertThat(data.resolve("chroma.sqlite3")).hasContent("worked on");
    requireOnlyWhatWasReplacedIsLeft();
  }

  @Test
  void whatAnAdoptedRestoreReplacedOutlivesTheNextRestore() throws IOException {
    leaveSwapped();
    workOnIt();
    another().adopt();

    try (Replacement replacement = another().stage(archive())) {
      replacement.swap();
      replacement.commit();
    }

    requireOnlyWhatWasReplacedIsLeft();
  }

  /** It is a data directory by itself. */
  private Path requireOnlyWhatWasReplacedIsLeft() throws IOException {
    Path left = onlyOneLeft();
    assertThat(Trees.OLD.entrySet()).containsAll(Trees.read(left).entrySet());
    assertThat(left.resolve("chroma.sqlite3")).exists();
    return left;
  }

  Path onlyOneLeft() throws IOException {
    List<Path> left =
        FileTree.children(data).stream()
            .filter(path -> path.getFileName().toString().startsWith(".chromabackup"))
            .toList();
    assertThat(left).hasSize(1);
    assertThat(left.get(0).getFileName().toString()).startsWith(".chromabackup-replaced-");
    return left.get(0);
  }

  @Test
  void whatNoServerHasWorkedOnSinceIsNotAdopted() throws IOException {
    leaveSwapped();
    Files.setLastModifiedTime(
        data.resolve("chroma.sqlite3"), Files.getLastModifiedTime(work.resolve(SwapJournal.NAME)));

    assertThat(another().adopt()).isEmpty();

    assertThat(another().recover()).isPresent();
    requireOld();
  }

  /** The archive is from a machine whose clock is ahead. */
  @Test
  void aDatabaseFromTheFutureIsNotTakenForOneThatAServerHasWorkedOn() throws IOException {
    Path unpacked = Trees.write(Trees.ARCHIVE, root().resolve("unpacked"));
    Instant future = Instant.now().plus(Duration.ofDays(1));
    try (Replacement replacement =
        target.stage(Trees.staged(Trees.ARCHIVE, unpacked, null, future))) {
      replacement.swap();
    }
    assertThat(Files.getLastModifiedTime(data.resolve(Trees.B).resolve("header.bin")).toInstant())
        .isAfter(Instant.now());

    assertThat(another().adopt()).isEmpty();

    assertThat(another().recover()).isPresent();
    requireOld();
  }

  /** People wrote all day, and the server was stopped for the night; or it is out of sight. */
  @Test
  void whatAServerHasWorkedOnIsAdoptedThoughNoneIsSeenToRun() throws IOException {
    leaveSwapped();
    workOnIt();

    assertThat(another().adopt()).isPresent();

    assertThat(data.resolve("chroma.sqlite3")).hasContent("worked on");
    requireOnlyWhatWasReplacedIsLeft();
  }

  /** It may not have come to the database yet. */
  @Test
  void whatAServerHasWrittenToTheLogOfTheDatabaseIsAdopted() throws IOException {
    leaveSwapped();
    Path log = workOn("chroma.sqlite3-wal");

    assertThat(another().adopt()).isPresent();

    assertThat(log).hasContent("worked on");
    requireOnlyWhatWasReplacedIsLeft();
  }

  /** By whoever asks for a recovery without an adoption. */
  @Test
  void recoveryKeepsWhatAServerHasWorkedOn() throws IOException {
    leaveSwapped();
    workOnIt();

    requireOldAndWhatWasWorkedOn(another().recover().orElseThrow());
  }

  void requireOldAndWhatWasWorkedOn(String told) throws IOException {
    assertThat(told).contains("the data from before is back", "A server has worked on");
    assertThat(Trees.read(data)).isEqualTo(Trees.OLD);
    Path kept = onlyOneLeft();
    assertThat(told).contains("is kept in " + kept + ": delete it when");
    assertThat(Trees.read(kept))
        .containsEntry("chroma.sqlite3", "worked on")
        .containsEntry(Trees.B + "/header.bin", "new b");
    assertThat(another().needsRecovery()).isFalse();
    assertThat(another().recover()).isEmpty();
    assertThat(kept).exists();
  }

  /** Killed between the journal and the first move, and the machine started the server again. */
  @Test
  void whatAServerHasMadeOfTheOldDataStaysWithIt() throws IOException {
    target.workspace();
    new SwapJournal(
            SwapJournal.State.SWAPPING,
            List.of("chroma.sqlite3", "chroma.sqlite3-journal", Trees.A, Trees.BOTH),
            List.of("chroma.sqlite3", Trees.B, Trees.BOTH))
        .write(work);
    workOnIt();
    Path segment = Trees.write(Map.of("header.bin", "made since"), data.resolve(Trees.B));

    assertThat(another().recover()).isPresent();

    assertThat(data.resolve("chroma.sqlite3")).hasContent("worked on");
    assertThat(segment.resolve("header.bin")).hasContent("made since");
    assertThat(work).doesNotExist();
  }

  @Test
  void whatWasOnlyHalfInPlaceIsNotAdopted() throws IOException {
    leaveSwapped();
    SwapJournal.read(work).orElseThrow().in(SwapJournal.State.SWAPPING).write(work);
    workOnIt();

    assertThat(another().adopt()).isEmpty();
  }

  /** A restore that was found bad, and whose process died before it had put the old data back. */
  @Test
  void whatWasRejectedIsNotAdoptedThoughAServerWorksOnIt() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.reject();
      replacement.swap();
      workOnIt();
      replacement.reject();
    }
    workOnIt();

    assertThat(another().adopt()).isEmpty();

    requireOldAndWhatWasWorkedOn(another().recover().orElseThrow());
  }

  @Test
  void whatNobodyHasWorkedOnSinceItWasRejectedIsNotKept() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      workOnIt();
      replacement.reject();
    }
    Files.setLastModifiedTime(
        data.resolve("chroma.sqlite3"), Files.getLastModifiedTime(work.resolve(SwapJournal.NAME)));

    assertThat(another().recover()).isPresent();

    requireOld();
  }

  @Test
  void whereNothingWasRestoredNothingIsAdopted() throws IOException {
    assertThat(target.adopt()).isEmpty();
    requireOld();
  }

  void workOnIt() throws IOException {
    workOn("chroma.sqlite3");
  }

  private Path workOn(String name) throws IOException {
    Path file = Files.writeString(data.resolve(name), "worked on");
    Instant journal = Files.getLastModifiedTime(work.resolve(SwapJournal.NAME)).toInstant();
    return Files.setLastModifiedTime(file, FileTime.from(journal.plusSeconds(1)));
  }

  void leaveSwapped() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
    }
    Trees.write(Map.of("lock", "", "files/chroma.sqlite3", "half"), work.resolve("staging-1"));
  }

  /** As a process does that is killed once it has decided. */
  void leaveDecided() throws IOException {
    leaveSwapped();
    SwapJournal.read(work).orElseThrow().in(SwapJournal.State.COMMITTED).write(work);
  }

  @Test
  void whatIsFinalNeedsNoRecoveryThoughWhatItReplacedIsStillThere() throws IOException {
    leaveDecided();
    assertThat(work.resolve("old/chroma.sqlite3")).exists();

    assertThat(another().needsRecovery()).isFalse();
    assertThat(another().isEmpty()).isFalse();

    assertThat(another().recover())
        .hasValueSatisfying(told -> assertThat(told).contains("was final"));
    requireNew();
    assertThat(another().recover()).isEmpty();
  }

  @Test
  void aRestoreUponOneThatIsFinalDeletesFirstWhatThatHadReplaced() throws IOException {
    leaveDecided();
    try (Replacement replacement = another().stage(archiveInWorkspace())) {
      assertThat(work.resolve("old")).doesNotExist();
      assertThat(work.resolve("journal")).doesNotExist();
      replacement.swap();
      workOnIt();
      replacement.rollBack();
    }
    assertThat(Trees.read(data)).isEqualTo(Trees.NEW);
    leaveDecided();
    try (Replacement replacement = another().stage(archiveInWorkspace())) {
      replacement.swap();
      replacement.commit();
    }
    assertThat(Trees.read(data)).isEqualTo(Trees.NEW);
    assertThat(another().needsRecovery()).isFalse();
  }

  @Test
  void aDirectoryThatAFinalRestoreMadeIsNotTheNextOnesToRemove() throws IOException {
    Path missing = root().resolve("missing");
    StagedFiles foreign = Trees.staged(Map.of("notes.txt", "x"), root().resolve("unpacked"));
    try (CapturedLog log = new CapturedLog()) {
      try (Replacement replacement = new LocalTarget(missing).stage(foreign)) {
        replacement.swap();
      }
      Path left = missing.resolve(".chromabackup");
      SwapJournal.read(left).orElseThrow().in(SwapJournal.State.COMMITTED).write(left);
      assertThat(new LocalTarget(missing).isEmpty()).isTrue();

      new LocalTarget(missing).stage(archive()).close();
    }
    assertThat(missing).isEmptyDirectory();
  }

  @Test
  void onlyOneRestoreIsAtWorkAtATimeAndOthersAreToldWhose() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      assertThatThrownBy(() -> another().stage(archive()))
          .isInstanceOf(Locked.class)
          .hasMessageContaining("restore by process " + ProcessHandle.current().pid());
      assertThatThrownBy(() -> another().recover()).isInstanceOf(Locked.class);
      replacement.swap();
      assertThatThrownBy(() -> another().recover()).isInstanceOf(Locked.class);
      assertThatThrownBy(() -> another().needsRecovery()).isInstanceOf(Locked.class);
      replacement.commit();
    }
    requireNew();
    another().stage(archive()).close();
  }

  @Test
  void closingTwiceLetsOthersInOnceOnly() throws IOException {
    Replacement first = target.stage(archive());
    first.close();
    try (Replacement second = another().stage(archive())) {
      first.close();
      assertThatThrownBy(() -> target.stage(archive())).isInstanceOf(Locked.class);
      second.swap();
      second.commit();
    }
    requireNew();
  }

  @Test
  void filesFromTheWorkspaceAreMovedAndOthersMayBe() throws IOException {
    StagedFiles files = archiveInWorkspace();
    try (Replacement replacement = target.stage(files)) {
      assertThat(files.directory()).doesNotExist();
      replacement.swap();
      replacement.commit();
    }
    assertThat(Trees.read(data)).isEqualTo(Trees.NEW);
  }

  @Test
  void whatIsStillBeingUnpackedInTheWorkspaceIsLeftToItsOwner() throws IOException {
    StagedFiles files = archiveInWorkspace();
    Path scratch = Files.createDirectory(files.directory().resolveSibling("scratch"));
    try (Replacement replacement = target.stage(files)) {
      replacement.swap();
      replacement.commit();
    }
    assertThat(scratch).exists();
    Files.delete(scratch);
    Files.delete(scratch.getParent());
    assertThat(target.recover()).isEmpty();
    requireNew();
  }

  @Test
  void filesFromAnotherFileSystemAreCopied() throws IOException {
    StagedFiles files = Trees.staged(Trees.ARCHIVE, Trees.inMemory().getPath("/elsewhere"));
    try (Replacement replacement = target.stage(files)) {
      assertThat(files.directory()).exists();
      replacement.swap();
      replacement.commit();
    }
    requireNew();
  }

  @Test
  void modesAndTimesAreThoseOfTheEntries() throws IOException {
    for (StagedFiles files :
        new StagedFiles[] {
          archive(), Trees.staged(Trees.ARCHIVE, Trees.inMemory().getPath("/elsewhere"))
        }) {
      try (Replacement replacement = target.stage(files)) {
        replacement.swap();
        replacement.commit();
      }
      assertThat(mode(data.resolve("chroma.sqlite3"))).isEqualTo("rw-r-----");
      assertThat(mode(data.resolve(Trees.B))).isEqualTo("rwxr-x---");
      assertThat(Files.getLastModifiedTime(data.resolve("chroma.sqlite3")).toInstant())
          .isEqualTo(Trees.THEN);
    }
  }

  static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void whatIsNotChromasInAnArchiveIsNotRestored() throws IOException {
    Map<String, String> archive =
        Map.of("chroma.sqlite3", "new", "notes.txt", "from the archive", "lib/x", "also");
    try (CapturedLog log = new CapturedLog()) {
      try (Replacement replacement =
          target.stage(Trees.staged(archive, root().resolve("unpacked")))) {
        replacement.swap();
        replacement.commit();
      }
      assertThat(log.text()).contains("[lib, notes.txt]");
    }
    assertThat(data.resolve("notes.txt")).hasContent("not Chroma's");
    assertThat(data.resolve("lib")).doesNotExist();
  }

  @Test
  void aDirectoryThatDoesNotExistIsMadeAndStaysIfCommitted() throws IOException {
    Path missing = root().resolve("some/where");
    try (Replacement replacement = new LocalTarget(missing).stage(archive())) {
      replacement.swap();
      replacement.commit();
    }
    assertThat(Trees.readAll(missing)).isEqualTo(Trees.ARCHIVE);
  }

  @Test
  void aDirectoryThatWasMadeStaysIfCommittedThoughNothingInTheArchiveWasChromas()
      throws IOException {
    Path missing = root().resolve("missing");
    StagedFiles foreign = Trees.staged(Map.of("notes.txt", "x"), root().resolve("unpacked"));
    try (CapturedLog log = new CapturedLog();
        Replacement replacement = new LocalTarget(missing).stage(foreign)) {
      replacement.swap();
      replacement.commit();
    }
    assertThat(missing).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatWasMadeIsRemovedIfNotCommitted() throws IOException {
    Path missing = root().resolve("missing");
    new LocalTarget(missing).stage(archive()).close();
    assertThat(missing).doesNotExist();
    try (Replacement replacement = new LocalTarget(missing).stage(archive())) {
      replacement.swap();
      replacement.rollBack();
    }
    assertThat(missing).doesNotExist();
    try (Replacement replacement = new LocalTarget(missing).stage(archive())) {
      replacement.swap();
    }
    assertThat(new LocalTarget(missing).recover()).isPresent();
    assertThat(missing).doesNotExist();
    assertThat(new LocalTarget(missing).workspace()).isPresent();
    assertThat(new LocalTarget(missing).recover()).isEmpty();
    assertThat(missing).doesNotExist();
  }

  @Test
  void aDirectoryThatWasMadeIsRemovedByRecoveryWhereSomebodyWasStillUnpacking() throws IOException {
    data = root().resolve("missing");
    target = another();
    StagedFiles files = archiveInWorkspace();
    Path scratch = Files.createDirectory(files.directory().resolveSibling("scratch"));
    target.stage(files).close();
    assertThat(scratch).exists();
    Files.delete(scratch);
    Files.delete(scratch.getParent());
    assertThat(target.recover()).isEmpty();
    assertThat(data).doesNotExist();
  }

  @Test
  void itIsEmptyIfNothingInItIsChromas() throws IOException {
    assertThat(target.isEmpty()).isFalse();
    assertThat(new LocalTarget(root().resolve("missing")).isEmpty()).isTrue();
    Path foreign = Trees.write(Map.of("notes.txt", "x", Trees.A, "a file"), root().resolve("f"));
    assertThat(new LocalTarget(foreign).isEmpty()).isTrue();
    assertThat(new LocalTarget(foreign).workspace()).isPresent();
    assertThat(new LocalTarget(foreign).isEmpty()).isTrue();
    Trees.write(Map.of(Trees.A + "/header.bin", "x"), root().resolve("g"));
    assertThat(new LocalTarget(root().resolve("g")).isEmpty()).isFalse();
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsAnErrorAndNotEmpty() throws IOException {
    LocalTarget file = new LocalTarget(data.resolve("notes.txt"));
    assertThatThrownBy(file::isEmpty)
        .isInstanceOf(TargetUnsuitable.class)
        .hasMessageContaining("notes.txt is no directory. Give a directory");
    assertThat(file.needsRecovery()).isFalse();
    assertThat(file.recover()).isEmpty();
    assertThatThrownBy(file::workspace).isInstanceOf(TargetUnsuitable.class);
    StagedFiles archive = archive();
    assertThatThrownBy(() -> file.stage(archive)).isInstanceOf(TargetUnsuitable.class);
    requireOld();
  }

  @Test
  void aStoreIsNotRestoredIntoAndLeftAsItIs() throws IOException {
    StagedFiles archive = archive();
    String name = "chromadb_backup_20260102_030405.tar.gz";
    Path directory =
        Trees.write(
            Map.of(name, "x", ".chromabackup/lock", "backup by somebody"), root().resolve("store"));
    Map<String, String> before = Trees.readAll(directory);
    LocalTarget mistaken = new LocalTarget(directory);

    assertThatThrownBy(mistaken::workspace)
        .isInstanceOf(TargetUnsuitable.class)
        .hasMessageContaining("it is a store of archives, such as " + name)
        .hasMessageContaining("Give the data directory");
    assertThatThrownBy(() -> mistaken.stage(archive)).isInstanceOf(TargetUnsuitable.class);
    assertThat(mistaken.needsRecovery()).isFalse();
    assertThatThrownBy(mistaken::recover).isInstanceOf(TargetUnsuitable.class);
    assertThat(Trees.readAll(directory)).isEqualTo(before);
  }

  @Test
  void archivesThatLieBesideChromasDataAreNoObstacleNorOnTheWayBack() throws IOException {
    String name = "chromadb_backup_20260102_030405.tar.gz";
    Path beside = Files.writeString(data.resolve(name), "x");
    StagedFiles nothing = Trees.staged(Map.of("notes.txt", "x"), root().resolve("unpacked"));
    try (CapturedLog log = new CapturedLog();
        Replacement replacement = target.stage(nothing)) {
      replacement.swap();
    }
    assertThat(data.resolve("chroma.sqlite3")).doesNotExist();

    assertThat(another().recover()).isPresent();
    Files.delete(beside);
    requireOld();
  }

  @Test
  void aLinkThatLeadsNowhereIsNoDirectory() throws IOException {
    Path link = Files.createSymbolicLink(root().resolve("link"), root().resolve("nowhere"));
    assertThatThrownBy(new LocalTarget(link)::workspace)
        .isInstanceOf(TargetUnsuitable.class)
        .hasMessageContaining(link + " is no directory");
  }

  @Test
  void aDirectoryIsNotEmptyWhileItsDataIsSetAside() throws IOException {
    Trees.write(Map.of("notes.txt", "x"), root().resolve("unpacked"));
    StagedFiles nothing = Trees.staged(Map.of("notes.txt", "x"), root().resolve("unpacked"));
    try (Replacement replacement = target.stage(nothing)) {
      replacement.swap();
      assertThat(data.resolve("chroma.sqlite3")).doesNotExist();
      assertThat(target.isEmpty()).isFalse();
      replacement.rollBack();
    }
    requireOld();
  }

  @Test
  void aFailingSourceLeavesNothing() throws IOException {
    IOException failure = new IOException("no more");
    Path directory = Trees.inMemory().getPath("/elsewhere");
    StagedFiles files = Trees.staged(Trees.ARCHIVE, directory);
    StagedFiles broken = new FailingFiles(files, failure);
    assertThatThrownBy(() -> target.stage(broken)).isSameAs(failure);
    requireOld();
  }

  private record FailingFiles(StagedFiles files, IOException failure) implements StagedFiles {
    @Override
    public Path directory() {
      return files.directory();
    }

    @Override
    public void transferTo(EntrySink sink) throws IOException {
      files.transferTo(
          (entry, content) -> {
            if (entry.path().startsWith(Trees.B)) {
              throw failure;
            }
            sink.accept(entry, content);
          });
    }
  }

  @Test
  void aSourceThatIsWrongInItselfLeavesNothingAndLetsOthersIn() throws IOException {
    IllegalStateException failure = new IllegalStateException("closed");
    assertThatThrownBy(
            () ->
                target.stage(
                    source(
                        Trees.inMemory().getPath("/elsewhere"),
                        sink -> {
                          throw failure;
                        })))
        .isSameAs(failure);
    requireOld();
    another().stage(archive()).close();
  }

  @Test
  void aFileThatIsShorterThanItsEntrySaysIsNotStaged() throws IOException {
    StagedFiles files = source(Trees.inMemory().getPath("/elsewhere"), LocalTargetSpec::giveLess);
    assertThatThrownBy(() -> target.stage(files)).hasMessageContaining("4 bytes instead of 5");
    requireOld();
  }

  @Test
  void norIsOneThatCouldBeMoved() throws IOException {
    Path unpacked = Trees.write(Map.of("chroma.sqlite3", "four"), root().resolve("unpacked"));
    assertThatThrownBy(() -> target.stage(source(unpacked, LocalTargetSpec::giveLess)))
        .isInstanceOf(EOFException.class);
    requireOld();
  }

  private static void giveLess(EntrySink sink) throws IOException {
    sink.accept(Entry.file("chroma.sqlite3", 5, Trees.THEN), new ByteArrayInputStream(new byte[4]));
  }

  private interface Transfer {
    void to(EntrySink sink) throws IOException;
  }

  private static StagedFiles source(Path directory, Transfer transfer) {
    return new StagedFiles() {
      @Override
      public Path directory() {
        return directory;
      }

      @Override
      public void transferTo(EntrySink sink) throws IOException {
        transfer.to(sink);
      }
    };
  }

  @Test
  void anInterruptedStageLeavesNothingAndTheFlagStaysSet() throws IOException {
    StagedFiles files = Trees.staged(Trees.ARCHIVE, Trees.inMemory().getPath("/elsewhere"));
    StagedFiles interrupting =
        source(
            files.directory(),
            sink -> {
              files.transferTo(sink);
              Thread.currentThread().interrupt();
            });
    try {
      assertThatThrownBy(() -> target.stage(interrupting))
          .isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    requireOld();
  }

  @Test
  void anInterruptedSwapHasNotBegunAndRollBackAndCommitMindNoInterrupt() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(replacement::swap).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(target.needsRecovery()).isFalse();
      replacement.swap();
      Thread.currentThread().interrupt();
      replacement.rollBack();
      assertThat(Thread.interrupted()).isTrue();
    }
    requireOld();
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      Thread.currentThread().interrupt();
      replacement.commit();
    }
    assertThat(Thread.interrupted()).isTrue();
    requireNew();
  }

  @Test
  void anInterruptedRecoveryHasNotBegun() throws IOException {
    leaveSwapped();
    Map<String, String> before = Trees.readAll(data);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> another().recover()).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(Trees.readAll(data)).isEqualTo(before);
    assertThat(another().recover()).isPresent();
    requireOld();
  }

  @Test
  void aJournalThatSomebodyRemovedIsMissedBeforeAnythingIsDecided() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      Files.delete(work.resolve("journal"));
      assertThatThrownBy(replacement::commit)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no journal in " + work);
    }
    assertThat(work.resolve("old/chroma.sqlite3")).hasContent("the old database");
  }

  @Test
  void aJournalThatCannotBeUnderstoodIsAnErrorThatSaysWhatToDoAndNothingIsDeleted()
      throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
    }
    Files.writeString(work.resolve("journal"), "chromabackup restore journal 1\nstate SWA");
    Map<String, String> before = Trees.readAll(data);
    assertThat(target.needsRecovery()).isTrue();
    assertThatThrownBy(target::recover)
        .hasMessageContaining(work.resolve("journal").toString())
        .hasMessageContaining("Nothing was changed")
        .hasMessageContaining("Put the database");
    before.remove(".chromabackup/lock");
    Map<String, String> after = Trees.readAll(data);
    after.remove(".chromabackup/lock");
    assertThat(after).isEqualTo(before);
  }

  @Test
  void aJournalThatIsNoTextIsNotUnderstoodEither() throws IOException {
    leaveSwapped();
    Files.write(work.resolve("journal"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(target.needsRecovery()).isTrue();
    assertThatThrownBy(target::recover).hasMessageContaining("cannot be understood");
    assertThat(work.resolve("old/chroma.sqlite3")).hasContent("the old database");
  }

  @Test
  void oldDataWithoutAJournalIsAnErrorThatSaysWhatToDoAndNothingIsDeleted() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
    }
    Files.delete(work.resolve("journal"));
    assertThat(target.needsRecovery()).isTrue();
    assertThat(target.isEmpty()).isFalse();
    assertThatThrownBy(target::recover).hasMessageContaining("its journal is gone");
    assertThat(work.resolve("old/chroma.sqlite3")).hasContent("the old database");
    Trees.read(work.resolve("old"));
  }

  @Test
  void oldDataThatSomebodyRemovedIsAnErrorAndNothingIsMoved() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
    }
    Files.delete(work.resolve("old/chroma.sqlite3-journal"));
    assertThatThrownBy(target::recover).hasMessageContaining("chroma.sqlite3-journal is neither");
    assertThat(data.resolve("chroma.sqlite3")).hasContent("the new database");
    Files.writeString(work.resolve("old/chroma.sqlite3-journal"), "the old journal");
    assertThat(target.recover()).isPresent();
    requireOld();
  }

  @Test
  void aLinkToTheDirectoryIsAsGoodAsTheDirectory() throws IOException {
    Path link = Files.createSymbolicLink(root().resolve("link"), data);
    LocalTarget linked = new LocalTarget(link);
    assertThat(linked.isEmpty()).isFalse();
    try (Replacement replacement = linked.stage(archive())) {
      assertThatThrownBy(() -> target.stage(archive())).isInstanceOf(Locked.class);
      replacement.swap();
      replacement.commit();
    }
    assertThat(link).isSymbolicLink();
    requireNew();
  }

  @Test
  void aLinkInPlaceOfASegmentIsSetAsideAndNotFollowed() throws IOException {
    Path elsewhere = Trees.write(Map.of("header.bin", "elsewhere"), root().resolve("elsewhere"));
    Path link = data.resolve(Trees.A.replace('a', 'e'));
    Files.createSymbolicLink(link, elsewhere);
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      assertThat(link).doesNotExist();
      replacement.rollBack();
      assertThat(link).isSymbolicLink();
    }
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      replacement.commit();
    }
    requireNew();
    assertThat(elsewhere.resolve("header.bin")).hasContent("elsewhere");
  }

  @Test
  void ourOwnDirectoryIsPrivate() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      assertThat(mode(work)).isEqualTo("rwx------");
      replacement.swap();
      assertThat(mode(work.resolve("old"))).isEqualTo("rwx------");
      replacement.rollBack();
    }
  }
}
