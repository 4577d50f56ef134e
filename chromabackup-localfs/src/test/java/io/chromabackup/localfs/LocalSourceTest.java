package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.Quiet;
import io.chromabackup.RestoreOptions;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the rules of sources do not try of the source in a directory. */
class LocalSourceTest {
  @TempDir Path directory;

  @Test
  void writersAreHeldForTheBarrierAlone() throws IOException {
    LocalSource source = new LocalSource(Fixture.copyTo(directory.resolve("chroma")));
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    source.copyTo((entry, content) -> content.readAllBytes(), Quiet.BARRIER, scratch);
    assertThat(source.held()).hasValueSatisfying(held -> assertThat(held).isPositive());

    source.copyTo((entry, content) -> content.readAllBytes(), Quiet.OPTIMISTIC, scratch);
    assertThat(source.held()).hasValue(Duration.ZERO);
  }

  /** The directory may be where a file system of its own is mounted. */
  @Test
  void onlyWhatSomebodyMayMissIsWarnedOf() throws IOException {
    Path chroma = Fixture.copyTo(directory.resolve("chroma"));
    Files.createDirectory(chroma.resolve("lost+found"));
    Files.createDirectory(chroma.resolve(".chromabackup"));
    assertThat(new LocalSource(chroma).probe().warnings()).isEmpty();

    Files.createFile(chroma.resolve("notes.txt"));
    assertThat(new LocalSource(chroma).probe().warnings())
        .singleElement()
        .asString()
        .endsWith("was left out: [notes.txt]");
  }

  @Test
  void aDatabaseThatCannotBeOpenedHoldsNobody() throws IOException {
    Path chroma = Files.createDirectory(directory.resolve("chroma"));
    Path database = chroma.resolve("chroma.sqlite3");
    Files.writeString(database, "this is no database".repeat(1000));
    LocalSource source = new LocalSource(chroma);

    source.copyTo((entry, content) -> content.readAllBytes(), Quiet.BARRIER, directory);

    assertThat(source.held()).hasValue(Duration.ZERO);
  }

  /** A change within the same tick of the clock would not be seen. */
  @ParameterizedTest
  @EnumSource(names = {"OPTIMISTIC", "BARRIER"})
  void anIndexThatWasWrittenJustNowIsTakenALittleLater(Quiet quiet) throws Exception {
    Path chroma = Fixture.copyTo(directory.resolve("chroma"));
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    LocalSource source = new LocalSource(chroma);
    source.copyTo((entry, bytes) -> bytes.readAllBytes(), quiet, scratch); // all is loaded now
    List<Instant> taken = new ArrayList<>();
    Instant written = Instant.now();
    Files.setLastModifiedTime(
        Fixture.persistedSegment(chroma).resolve("header.bin"), FileTime.from(written));

    source.copyTo(
        (entry, bytes) -> {
          taken.add(Instant.now());
          bytes.readAllBytes();
        },
        quiet,
        scratch);

    assertThat(taken).hasSizeGreaterThan(1).allMatch(written.plusMillis(50)::isBefore);
  }

  @Test
  void anIndexThatIsWrittenOnAndOnIsRefusedByName() throws Exception {
    Path chroma = Fixture.copyTo(directory.resolve("chroma"));
    Path header = Fixture.persistedSegment(chroma).resolve("header.bin");
    Instant written = Instant.now().plusSeconds(60);
    Files.setLastModifiedTime(header, FileTime.from(written));

    assertThatThrownBy(() -> FileStamps.awaitSettled(new DataDirectory(chroma), () -> written))
        .isInstanceOf(ChromaBackupException.SourceChanged.class)
        .hasMessageContaining(header.getParent().getFileName() + "/header.bin is being written");
  }

  @ParameterizedTest
  @EnumSource(names = {"OPTIMISTIC", "BARRIER"})
  @EnabledOnOs(OS.LINUX)
  void aDiskThatFillsWhileTheDatabaseIsCopiedIsToldAndNothingIsLeft(Quiet quiet) throws Exception {
    Path chroma = Fixture.copyTo(directory.resolve("chroma"));
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    try (Mount small = Mount.tmpfs(scratch, "size=100k")) {
      List<String> taken = new ArrayList<>();

      assertThatThrownBy(
              () ->
                  new LocalSource(chroma)
                      .copyTo((entry, bytes) -> taken.add(entry.path()), quiet, scratch))
          .isInstanceOf(ChromaBackupException.NoSpace.class)
          .hasMessageContaining(scratch.toString());

      assertThat(taken).doesNotContain("chroma.sqlite3");
      assertThat(scratch).isEmptyDirectory();
    }
  }

  @Test
  void directoriesInMemoryAreFreedOnceTheyWereBackedUpAndRestored() throws Exception {
    WeakReference<FileSystem> memory = backedUpAndRestoredInMemory();
    for (int looks = 0; memory.get() != null && looks < 100; looks++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(memory.get()).isNull();
  }

  private static WeakReference<FileSystem> backedUpAndRestoredInMemory() throws IOException {
    try (FileSystem memory = Trees.inMemory();
        LocalArchiveStore store = LocalArchiveStore.in(memory.getPath("/backups"))) {
      ChromaDeployment chroma = LocalChroma.at(Fixture.copyTo(memory.getPath("/chroma")));
      ChromaBackup backups = ChromaBackup.using(store);
      backups.restore(
          backups.backup(chroma).archive().name(), chroma, RestoreOptions.defaults().replace());
      return new WeakReference<>(memory);
    }
  }

  @Test
  void whoWaitsForItsTurnCanBeInterrupted() throws Exception {
    Path chroma = Fixture.copyTo(directory.resolve("chroma"));
    try (DirectoryTurn taken = DirectoryTurn.at(chroma.toRealPath())) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> new LocalSource(chroma).contents(directory))
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(new LocalSource(chroma).contents(directory).documents()).isPresent();
  }

  /** Reading the database byte by byte would drop the locks of the one that asks it. */
  @Test
  void whoAsksForTheContentsWaitsForACopyOfTheSameDirectory() throws Exception {
    Path chroma = Fixture.copyTo(directory.resolve("chroma"));
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    Thread asking =
        new Thread(
            () -> {
              try {
                new LocalSource(chroma).contents(scratch);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    new LocalSource(chroma)
        .copyTo(
            (entry, content) -> {
              content.readAllBytes();
              if (asking.getState() == Thread.State.NEW) {
                asking.start();
                while (asking.getState() != Thread.State.WAITING && asking.isAlive()) {
                  Thread.onSpinWait();
                }
                assertThat(asking.isAlive()).isTrue();
              }
            },
            Quiet.STOP,
            directory);
    asking.join();
  }
}
