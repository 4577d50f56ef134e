package io.chromabackup.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model of a power cut: what is synced stays, and what is not may be lost in every way. */
class PowerLossTest {
  private static final int SEEDS = 40;
  private static final String OLD = "o".repeat(3000);
  private static final String NEW = "n".repeat(2000);

  @TempDir Path temporary;

  /** Where the files are in truth. */
  enum Place {
    MEMORY,
    DISK
  }

  private FaultyFileSystem faults;
  private Path directory;

  private void begin(Place place) throws IOException {
    Path real =
        place == Place.DISK
            ? Files.createTempDirectory(temporary, "disk")
            : Files.createDirectory(Jimfs.newFileSystem(Configuration.unix()).getPath("/memory"));
    faults = FaultyFileSystem.over(real);
    directory = faults.path(real);
    Files.writeString(directory.resolve("file"), OLD);
    faults.reset();
  }

  /** Replaces a file as it should be done, or with a sync left out. */
  private void replace(boolean syncContent, boolean syncNames) throws IOException {
    Path fresh = directory.resolve("fresh");
    try (FileChannel channel =
        FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(NEW.getBytes()));
      if (syncContent) {
        channel.force(true);
      }
    }
    Files.move(fresh, directory.resolve("file"), StandardCopyOption.ATOMIC_MOVE);
    if (syncNames) {
      sync(directory);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private String file() throws IOException {
    return Files.readString(directory.resolve("file"));
  }

  private int steps(Place place, boolean syncContent, boolean syncNames) throws IOException {
    begin(place);
    replace(syncContent, syncNames);
    return faults.stepCount();
  }

  /** What can be in the file after a power cut somewhere. */
  private List<String> afterCuts(Place place, boolean syncContent, boolean syncNames)
      throws IOException {
    int steps = steps(place, syncContent, syncNames);
    List<String> found = new ArrayList<>();
    for (int step = 1; step <= steps + 1; step++) {
      for (PowerLoss loss : PowerLoss.values()) {
        for (int seed = 0; seed < (loss == PowerLoss.UNSYNCED_TORN ? SEEDS : 1); seed++) {
          begin(place);
          faults.losePowerAt(step);
          Throwable failure = catchThrowable(() -> replace(syncContent, syncNames));
          assertThat(failure == null).isEqualTo(step > steps);
          faults.restart(loss, seed);
          String now = file();
          found.add(now);
          if (failure == null && syncNames && syncContent) {
            assertThat(now).isEqualTo(NEW);
          }
        }
      }
    }
    return found;
  }

  @ParameterizedTest
  @EnumSource
  void withAllSyncsAFileIsOldOrNewWhereverPowerIsLost(Place place) throws IOException {
    assertThat(afterCuts(place, true, true)).isSubsetOf(OLD, NEW).contains(OLD, NEW);
  }

  @ParameterizedTest
  @EnumSource
  void aContentThatWasNotSyncedIsLostOrTorn(Place place) throws IOException {
    List<String> found = afterCuts(place, false, true);

    assertThat(found).contains("");
    assertThat(found)
        .anySatisfy(
            torn -> {
              assertThat(torn).hasSize(NEW.length());
              assertThat(torn.substring(0, 512)).isIn(NEW.substring(0, 512), "\0".repeat(512));
              assertThat(torn).isNotEqualTo(NEW).contains("n");
            });
  }

  @ParameterizedTest
  @EnumSource
  void aNameThatWasNotSyncedIsTheOldOneAgainAlsoAfterAll(Place place) throws IOException {
    begin(place);
    faults.losePowerAt(1000);
    replace(true, false);
    assertThat(file()).isEqualTo(NEW);

    faults.restart(PowerLoss.UNSYNCED_DROPPED, 0);

    assertThat(file()).isEqualTo(OLD);
    assertThat(directory.resolve("fresh")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void whatWasDeletedComesBackUnlessThatWasSynced(Place place) throws IOException {
    begin(place);
    faults.losePowerAt(1000);
    Files.delete(directory.resolve("file"));
    faults.restart(PowerLoss.UNSYNCED_DROPPED, 0);
    assertThat(file()).isEqualTo(OLD);

    faults.losePowerAt(1000);
    Files.delete(directory.resolve("file"));
    sync(directory);
    faults.restart(PowerLoss.UNSYNCED_DROPPED, 0);
    assertThat(directory.resolve("file")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void aMoveBetweenDirectoriesIsNeverHalfDone(Place place) throws IOException {
    List<Boolean> moved = new ArrayList<>();
    for (int synced = 0; synced < 4; synced++) {
      for (int seed = 0; seed < SEEDS; seed++) {
        begin(place);
        Path other = Files.createDirectory(directory.resolve("other"));
        faults.losePowerAt(1000);
        Files.move(directory.resolve("file"), other.resolve("file"));
        if ((synced & 1) != 0) {
          sync(directory);
        }
        if ((synced & 2) != 0) {
          sync(other);
        }
        faults.restart(PowerLoss.UNSYNCED_TORN, seed);

        boolean there = Files.exists(other.resolve("file"));
        assertThat(Files.exists(directory.resolve("file"))).isNotEqualTo(there);
        assertThat(there || synced != 3).as("both were synced").isTrue();
        moved.add(there);
      }
    }
    assertThat(moved).contains(true, false);
  }

  @ParameterizedTest
  @EnumSource
  void aDirectoryWhoseNameWasNotSyncedIsGoneWithAllThatIsInIt(Place place) throws IOException {
    begin(place);
    faults.losePowerAt(1000);
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Files.writeString(inner.resolve("x"), "x");
    sync(inner);
    faults.restart(PowerLoss.UNSYNCED_DROPPED, 0);
    assertThat(inner).doesNotExist();
    assertThat(file()).isEqualTo(OLD);
  }

  @ParameterizedTest
  @EnumSource
  void nothingWorksBetweenTheCutAndTheRestart(Place place) throws IOException {
    begin(place);
    faults.losePowerAt(1);
    assertThatThrownBy(this::file).isInstanceOf(PowerLost.class);
    assertThatThrownBy(this::file).isInstanceOf(PowerLost.class).hasMessageContaining("later");
    assertThat(Files.exists(directory.resolve("file"))).isFalse();

    faults.restart(PowerLoss.UNSYNCED_KEPT, 0);
    assertThat(file()).isEqualTo(OLD);
  }
}
