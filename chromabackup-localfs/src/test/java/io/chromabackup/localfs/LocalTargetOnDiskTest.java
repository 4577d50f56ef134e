package io.chromabackup.localfs;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.TargetInUse;
import io.chromabackup.ChromaBackupException.TargetUnsuitable;
import io.chromabackup.Entry;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import io.chromabackup.testkit.Skip;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LocalTargetOnDiskTest extends LocalTargetSpec {
  @TempDir private Path directory;

  @Override
  Path root() {
    return directory;
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSwapIsRefusedWhileAProcessHasALiveFileOpen() throws Exception {
    Path open = data.resolve(Trees.A).resolve("header.bin");
    try (Replacement replacement = target.stage(archive());
        ForkedProcess reader = ForkedProcess.run("hold", open)) {
      assertThatThrownBy(replacement::swap)
          .isInstanceOf(TargetInUse.class)
          .hasMessageContaining("process " + reader.pid() + " (java)");
      assertThat(Trees.read(data)).isEqualTo(Trees.OLD);
      assertThat(target.needsRecovery()).isFalse();
      reader.kill();
      replacement.swap();
      replacement.commit();
    }
    requireNew();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSwapIsRefusedWhileThisProcessHasALiveFileOpen() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      try (FileChannel open = FileChannel.open(data.resolve("chroma.sqlite3"))) {
        assertThatThrownBy(replacement::swap)
            .isInstanceOf(TargetInUse.class)
            .hasMessageContaining("process " + ProcessHandle.current().pid());
      }
      replacement.swap();
      replacement.commit();
    }
    requireNew();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void goingBackIsRefusedWhileAProcessMayWriteToNewOrOldFiles() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      for (Path file :
          new Path[] {
            data.resolve("chroma.sqlite3"), work.resolve("old").resolve("chroma.sqlite3")
          }) {
        try (FileChannel open = FileChannel.open(file, READ, WRITE)) {
          assertThatThrownBy(replacement::rollBack)
              .isInstanceOf(TargetInUse.class)
              .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
      }
    }
    try (FileChannel open = FileChannel.open(data.resolve("chroma.sqlite3"), WRITE)) {
      assertThatThrownBy(target::recover).isInstanceOf(TargetInUse.class);
    }
    assertThat(target.recover()).isPresent();
    requireOld();
  }

  /** As a backup program or a virus scanner that comes by. */
  @Test
  void whoOnlyReadsKeepsNobodyFromGoingBack() throws IOException {
    try (Replacement replacement = target.stage(archive())) {
      replacement.swap();
      try (FileChannel open = FileChannel.open(data.resolve("chroma.sqlite3"), READ);
          FileChannel old = FileChannel.open(work.resolve("old/chroma.sqlite3"), READ)) {
        replacement.rollBack();
      }
    }
    requireOld();
    leaveSwapped();
    try (FileChannel open = FileChannel.open(data.resolve("chroma.sqlite3"), READ)) {
      assertThat(target.recover()).isPresent();
    }
    requireOld();
  }

  @Test
  void aForeignFileThatIsOpenDoesNotMatter() throws IOException {
    try (FileChannel open = FileChannel.open(data.resolve("notes.txt"));
        Replacement replacement = target.stage(archive())) {
      replacement.swap();
      replacement.commit();
    }
    requireNew();
  }

  @Test
  void aProcessThatIsKilledInTheMidstLeavesTheLockFreeAndTheOldDataToBeRecovered()
      throws Exception {
    Trees.write(Trees.ARCHIVE, directory.resolve("unpacked"));
    try (ForkedProcess other = ForkedProcess.run("swap", data)) {
      assertThatThrownBy(target::recover)
          .isInstanceOf(Locked.class)
          .hasMessageContaining("restore by process " + other.pid());
      assertThat(data.resolve("chroma.sqlite3")).hasContent("the new database");
      other.kill();
      assertThat(target.needsRecovery()).isTrue();
      assertThat(target.recover()).isPresent();
      requireOld();
    }
  }

  @Test
  void ownersAreThoseOfTheEntries() throws IOException {
    Skip.unless(Files.getAttribute(directory, "unix:uid").equals(0), "only root may");
    Path missing = directory.resolve("missing");
    Path unpacked = Trees.write(Trees.ARCHIVE, directory.resolve("unpacked"));
    StagedFiles files = Trees.staged(Trees.ARCHIVE, unpacked, new Entry.Owner(1234, 2345));
    try (Replacement replacement = new LocalTarget(missing).stage(files)) {
      replacement.swap();
      replacement.commit();
    }
    for (Path path : new Path[] {missing, missing.resolve(Trees.B + "/header.bin")}) {
      assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(1234);
      assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(2345);
    }
  }

  private static void own(Path path, int uid, int gid) throws IOException {
    Skip.unless(Files.getAttribute(path, "unix:uid").equals(0), "only root may give away");
    Files.setAttribute(path, "unix:uid", uid);
    Files.setAttribute(path, "unix:gid", gid);
  }

  private static void assertOwned(Path path, int uid, int gid) throws IOException {
    assertThat(Files.readAttributes(path, "unix:uid,gid"))
        .as("%s", path)
        .isEqualTo(Map.of("uid", uid, "gid", gid));
  }

  /** Those of the archive, in either way, belong to user 1234. */
  private void restoreFilesOfAnother(Path where) throws IOException {
    Path unpacked = Trees.write(Trees.ARCHIVE, directory.resolve("unpacked"));
    for (Path from :
        List.of(unpacked, Trees.write(Trees.ARCHIVE, Trees.inMemory().getPath("/elsewhere")))) {
      StagedFiles files = Trees.staged(Trees.ARCHIVE, from, new Entry.Owner(1234, 2345));
      try (Replacement replacement = new LocalTarget(where).stage(files)) {
        replacement.swap();
        replacement.commit();
      }
    }
  }

  @Test
  void whoeverOwnedTheDatabaseOwnsTheOneThatComesAndTheDirectoryStaysAsItIs() throws IOException {
    own(data.resolve("chroma.sqlite3"), 1111, 2222);
    restoreFilesOfAnother(data);
    for (String path : Trees.ARCHIVE.keySet()) {
      assertOwned(data.resolve(path), 1111, 2222);
    }
    assertOwned(data, 0, 0);
    assertOwned(data.resolve("notes.txt"), 0, 0);
    assertThat(mode(data.resolve("chroma.sqlite3"))).isEqualTo("rw-r-----");
    requireNew();
  }

  @Test
  void rootsDatabaseStaysRootsThoughTheArchiveIsSomebodyElses() throws IOException {
    Skip.unless(Files.getAttribute(data, "unix:uid").equals(0), "only root may");
    restoreFilesOfAnother(data);
    assertOwned(data.resolve("chroma.sqlite3"), 0, 0);
  }

  @Test
  void whereThereWasNoDatabaseWhoeverOwnsTheDirectoryOwnsIt() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    own(empty, 1111, 2222);
    restoreFilesOfAnother(empty);
    for (String path : Trees.ARCHIVE.keySet()) {
      assertOwned(empty.resolve(path), 1111, 2222);
    }
    assertOwned(empty, 1111, 2222);
  }

  @Test
  void aDirectoryThatRootMadeTellsNothingAndTheArchivesOwnersStay() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Files.createSymbolicLink(empty.resolve("chroma.sqlite3"), directory.resolve("nowhere"));
    Skip.unless(Files.getAttribute(empty, "unix:uid").equals(0), "only root may");
    restoreFilesOfAnother(empty);
    assertOwned(empty.resolve("chroma.sqlite3"), 1234, 2345);
    assertOwned(empty.resolve(Trees.B + "/header.bin"), 1234, 2345);
    assertOwned(empty, 0, 0);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aReadOnlyPlaceIsUnsuitableAndWhatIsUnfinishedThereIsNotSettled() throws Exception {
    StagedFiles archive = archive();
    Path below = data.resolve("below");
    try (Mount readOnly = Mount.readOnly(data)) {
      assertReadOnly(target::workspace);
      assertReadOnly(() -> target.stage(archive));
      assertReadOnly(new LocalTarget(below)::workspace);
    }
    leaveSwapped();
    try (Mount readOnly = Mount.readOnly(data)) {
      assertThat(target.isEmpty()).isFalse();
      assertReadOnly(target::needsRecovery);
      assertThatThrownBy(target::needsRecovery)
          .hasMessageContaining(
              "into: an earlier restore is unfinished there, and it is read-only");
      assertReadOnly(target::recover);
    }
    assertThat(target.recover()).isPresent();
    requireOld();
  }

  private static void assertReadOnly(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TargetUnsuitable.class)
        .hasMessageContaining("it is read-only")
        .hasMessageContaining("Make it writable")
        .hasCauseInstanceOf(FileSystemException.class);
  }

  /** From the swap on, another program leaves no room for a byte, and none for a name. */
  @Test
  void theWayBackNeedsNoRoom() throws Exception {
    try (Mount small = mountSmallDisk()) {
      try (Replacement replacement = target.stage(archive())) {
        replacement.swap();
        small.fill();
        replacement.reject();
        assertThat(SwapJournal.read(work).orElseThrow().state())
            .isEqualTo(SwapJournal.State.SWAPPING);
        replacement.rollBack();
      }
      small.empty();
      requireOld();
    }
  }

  @Test
  void norDoesTheWayOn() throws Exception {
    try (Mount small = mountSmallDisk()) {
      try (Replacement replacement = target.stage(archive())) {
        replacement.swap();
        small.fill();
        replacement.commit();
      }
      small.empty();
      requireNew();
    }
  }

  @Test
  void norDoesARecoveryThatKeepsWhatWasWorkedOn() throws Exception {
    try (Mount small = mountSmallDisk()) {
      leaveSwapped();
      workOnIt();
      small.fill();
      String told = another().recover().orElseThrow();
      small.empty();
      requireOldAndWhatWasWorkedOn(told);
    }
  }

  private Mount mountSmallDisk() throws Exception {
    data = Files.createDirectory(directory.resolve("mounted"));
    work = data.resolve(".chromabackup");
    target = another();
    Mount mount = Mount.tmpfs(data, "size=256k,nr_inodes=100");
    Trees.write(Trees.OLD, data);
    return mount;
  }

  @Test
  void aZipFileIsNotRestoredInto() throws IOException {
    URI uri = URI.create("jar:" + directory.resolve("some.zip").toUri());
    StagedFiles archive = archive();
    try (FileSystem zip = FileSystems.newFileSystem(uri, Map.of("create", "true"))) {
      LocalTarget inside = new LocalTarget(zip.getPath("/chroma"));

      assertThatThrownBy(inside::workspace)
          .isInstanceOf(TargetUnsuitable.class)
          .hasMessageContaining("it is in a zip file");
      assertThatThrownBy(() -> inside.stage(archive)).isInstanceOf(TargetUnsuitable.class);
      assertThat(zip.getPath("/chroma")).doesNotExist();
    }
  }

  @Test
  void aMountPointIsRestoredInto() throws Exception {
    Path mounted = Files.createDirectory(directory.resolve("mounted"));
    try (Mount mount = Mount.tmpfs(mounted)) {
      Trees.write(Trees.OLD, mounted);
      try (Replacement replacement = new LocalTarget(mounted).stage(archive())) {
        replacement.swap();
        replacement.commit();
      }
      assertThat(Trees.readAll(mounted)).isEqualTo(Trees.NEW);
    }
  }
}
