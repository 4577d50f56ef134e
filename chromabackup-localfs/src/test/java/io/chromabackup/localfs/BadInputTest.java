package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.Phase;
import io.chromabackup.RestoreOptions;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class BadInputTest {
  private static final ArchiveName UNKNOWN =
      ArchiveName.parse("chromadb_backup_20200101_000000.tar.gz").orElseThrow();

  @TempDir Path directory;
  private Path data;
  private Path storeDirectory;
  private ChromaBackup backups;

  @BeforeEach
  void copyTheFixture() {
    data = Fixture.copyTo(directory.resolve("chroma"));
    storeDirectory = directory.resolve("backups");
    backups = ChromaBackup.using(LocalArchiveStore.in(storeDirectory));
  }

  @Test
  void anUnknownArchiveIsNamed() {
    assertThatThrownBy(() -> backups.verify(UNKNOWN))
        .isInstanceOf(ChromaBackupException.ArchiveNotFound.class)
        .hasMessageContaining(UNKNOWN.toString())
        .hasMessageContaining(storeDirectory.toString());
    assertThatThrownBy(
            () ->
                backups.restore(UNKNOWN, LocalChroma.at(data), RestoreOptions.defaults().replace()))
        .isInstanceOf(ChromaBackupException.ArchiveNotFound.class);
    assertThat(data.resolve(".chromabackup")).doesNotExist();
  }

  @Test
  void aStoreThatIsAFileIsUnusable() throws IOException {
    Files.writeString(storeDirectory, "I am a file");

    assertThatThrownBy(() -> backups.backup(LocalChroma.at(data)))
        .isInstanceOf(ChromaBackupException.StoreUnusable.class)
        .hasMessageContaining(storeDirectory.toString());
    assertThatThrownBy(backups::list).isInstanceOf(ChromaBackupException.StoreUnusable.class);
    assertThat(storeDirectory).hasContent("I am a file");
  }

  @Test
  void twoBackupsAtOnceOnOneStoreAreNotTaken() throws Exception {
    CountDownLatch atWork = new CountDownLatch(1);
    CountDownLatch tried = new CountDownLatch(1);
    ChromaBackup slow =
        ChromaBackup.builder(LocalArchiveStore.in(storeDirectory))
            .progress(
                (phase, done, total) -> {
                  if (phase == Phase.ARCHIVE) {
                    atWork.countDown();
                    await(tried);
                  }
                })
            .build();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> first = other.submit(() -> slow.backup(LocalChroma.at(data)));
      await(atWork);

      assertThatThrownBy(() -> backups.backup(LocalChroma.at(data)))
          .isInstanceOf(ChromaBackupException.Locked.class)
          .hasMessageContaining("backup")
          .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
      tried.countDown();
      first.get(60, TimeUnit.SECONDS);
    } finally {
      other.shutdownNow();
    }
    assertThat(backups.list()).hasSize(1);
    assertThat(backups.backup(LocalChroma.at(data)).documents()).isEqualTo(Fixture.DOCUMENTS);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFullDiskIsToldInMemory() throws IOException {
    Configuration small =
        Configuration.unix().toBuilder()
            .setAttributeViews("basic", "owner", "posix", "unix")
            .setMaxSize(1 << 20)
            .build();
    try (FileSystem memory = Jimfs.newFileSystem(small)) {
      ChromaBackup full = ChromaBackup.using(LocalArchiveStore.in(memory.getPath("/backups")));

      assertThatThrownBy(() -> full.backup(LocalChroma.at(data)))
          .isInstanceOf(ChromaBackupException.NoSpace.class)
          .hasMessageContaining("/backups");
      assertThat(full.list()).isEmpty();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsToldAndLeavesNothing() throws Exception {
    try (Mount small = Mount.tmpfs(Files.createDirectory(storeDirectory), "size=1m")) {
      assertThatThrownBy(() -> backups.backup(LocalChroma.at(data)))
          .isInstanceOf(ChromaBackupException.NoSpace.class)
          .hasMessageContaining(storeDirectory.toString());
      assertThat(backups.list()).isEmpty();
      assertThat(Fixture.content(storeDirectory).keySet())
          .allMatch(file -> file.equals(".chromabackup/lock"));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatFillsWhileItIsRestoredToLeavesTheOldData() throws Exception {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Path target = Files.createDirectory(directory.resolve("small"));
    try (Mount small = Mount.tmpfs(target, "size=1300k")) {
      Fixture.copy(data, target);
      Map<String, Integer> before = Fixture.content(target);

      assertThatThrownBy(
              () ->
                  backups.restore(
                      archive, LocalChroma.at(target), RestoreOptions.defaults().replace()))
          .isInstanceOf(ChromaBackupException.NoSpace.class);
      assertThat(Fixture.content(target)).isEqualTo(before);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aReadOnlyStoreCannotBeBackedUpToButRestoredFrom() throws Exception {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    try (Mount readOnly = Mount.readOnly(storeDirectory)) {
      assertThatThrownBy(() -> backups.backup(LocalChroma.at(data)))
          .isInstanceOf(ChromaBackupException.StoreUnusable.class)
          .hasMessageContaining(storeDirectory.toString());

      assertThat(backups.list()).hasSize(1);
      assertThat(backups.verify(archive).isSound()).isTrue();
      assertThat(backups.restore(archive, LocalChroma.at(directory.resolve("copy"))).documents())
          .isEqualTo(Fixture.DOCUMENTS);
    }
  }

  /** As under systemd's ProtectSystem=strict. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aReadOnlyDirectoryIsBackedUpThoughARestoreThatIsFinalLeftSomethingThere() throws Exception {
    Path work = Files.createDirectory(data.resolve(".chromabackup"));
    Files.createDirectory(work.resolve("old"));
    new SwapJournal(SwapJournal.State.COMMITTED, List.of(), List.of()).write(work);
    try (Mount readOnly = Mount.readOnly(data)) {
      assertThat(backups.backup(LocalChroma.at(data)).documents()).isEqualTo(Fixture.DOCUMENTS);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aMountPointIsRestoredInto() throws Exception {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Path volume = Files.createDirectory(directory.resolve("volume"));
    try (Mount mounted = Mount.tmpfs(volume, "size=16m")) {
      Fixture.copy(data, volume);
      Files.write(volume.resolve("chroma.sqlite3-journal"), new byte[10]);

      backups.restore(archive, LocalChroma.at(volume), RestoreOptions.defaults().replace());

      assertThat(volume.resolve("chroma.sqlite3")).exists();
      assertThat(volume.resolve("chroma.sqlite3-journal")).doesNotExist();
      assertThat(volume.resolve(".chromabackup")).doesNotExist();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anUnreadableDirectoryIsSaidToBeDenied() throws Exception {
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("---------"));
    try {
      String said = Unprivileged.run(BackUp.class, data.toString(), storeDirectory.toString());

      assertThat(said).contains("DataInaccessible").contains("access to " + data + " is denied");
    } finally {
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Run in a process of its own. */
  static final class BackUp {
    public static void main(String[] args) {
      try {
        ChromaBackup.using(LocalArchiveStore.in(Path.of(args[1])))
            .backup(LocalChroma.at(Path.of(args[0])));
        System.out.println("backed up");
      } catch (IOException e) {
        System.out.println(e);
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDirectoryBehindOneThatMayNotBeEnteredIsSaidToBeDenied() throws Exception {
    Path locked = Files.createDirectory(directory.resolve("locked"));
    Path hidden = Fixture.copyTo(locked.resolve("chroma"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
    try {
      String said = Unprivileged.run(BackUp.class, hidden.toString(), storeDirectory.toString());

      assertThat(said).contains("DataInaccessible").contains("access to " + hidden + " is denied");
    } finally {
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aFileIsNotRestoredIntoNorAnythingBelowIt() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Path file = Files.writeString(directory.resolve("file"), "I am a file");
    for (Path target : List.of(file, file.resolve("chroma"), file.resolve("some/where"))) {
      assertThatThrownBy(() -> backups.restore(archive, LocalChroma.at(target)))
          .as("%s", target)
          .isInstanceOf(ChromaBackupException.TargetUnsuitable.class)
          .hasMessageStartingWith(target + " cannot be restored into: " + file)
          .hasMessageContaining("is no directory");
    }
    assertThat(file).hasContent("I am a file");
  }

  @Test
  void theStoreIsNotRestoredIntoByMistake() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Map<String, Integer> before = Fixture.content(storeDirectory);

    assertThatThrownBy(
            () ->
                backups.restore(
                    archive, LocalChroma.at(storeDirectory), RestoreOptions.defaults().replace()))
        .isInstanceOf(ChromaBackupException.TargetUnsuitable.class)
        .hasMessageContaining("it is a store of archives, such as " + archive);
    assertThat(Fixture.content(storeDirectory)).isEqualTo(before);
    assertThat(backups.verify(archive).isSound()).isTrue();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPlaceThatMayNotBeWrittenToIsNotRestoredInto() throws Exception {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    for (Path target : List.of(closed, closed.resolve("chroma"))) {
      String said =
          Unprivileged.run(
              Restore.class, target.toString(), storeDirectory.toString(), archive.toString());

      assertThat(said)
          .contains("TargetUnsuitable: " + target + " cannot be restored into: access to " + target)
          .contains("is denied. Run as a user who may write there");
    }
    assertThat(closed).isEmptyDirectory();
  }

  /** Run in a process of its own. */
  static final class Restore {
    public static void main(String[] args) {
      try {
        ChromaBackup.using(LocalArchiveStore.in(Path.of(args[1])))
            .restore(ArchiveName.parse(args[2]).orElseThrow(), LocalChroma.at(Path.of(args[0])));
        System.out.println("restored");
      } catch (IOException e) {
        System.out.println(e);
      }
    }
  }

  @Test
  void aProcessThatHasTheDataOpenIsNamed() throws Exception {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Map<String, Integer> before = Fixture.content(data);
    Process holder =
        new ProcessBuilder(List.of("sleep", "60"))
            .redirectInput(data.resolve("chroma.sqlite3").toFile())
            .start();
    try {
      assertThatThrownBy(
              () ->
                  backups.restore(
                      archive, LocalChroma.at(data), RestoreOptions.defaults().replace()))
          .isInstanceOf(ChromaBackupException.TargetInUse.class)
          .hasMessageContaining(String.valueOf(holder.pid()))
          .hasMessageContaining("sleep");
      assertThat(Fixture.content(data)).isEqualTo(before);
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }
}
