package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackup;
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
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void aDatabaseThatCannotBeOpenedHoldsNobody() throws IOException {
    Path chroma = Files.createDirectory(directory.resolve("chroma"));
    Path database = chroma.resolve("chroma.sqlite3");
    Files.writeString(database, "this is no database".repeat(1000));
    LocalSource source = new LocalSource(chroma);

    source.copyTo((entry, content) -> content.readAllBytes(), Quiet.BARRIER, directory);

    assertThat(source.held()).hasValue(Duration.ZERO);
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
