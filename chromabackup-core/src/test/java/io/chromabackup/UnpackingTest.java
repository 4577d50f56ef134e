package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackingTest {
  private static final ArchiveName NAME = ArchiveName.of(HostileSample.MADE, ArchiveFormat.TAR_GZ);
  private static final HostileSample SAMPLE = HostileSample.INSTANCE;

  @TempDir Path workspace;
  private final Shelf shelf = new Shelf();

  private Unpacking.Unpacked unpack(Progress progress, Staging staging) throws IOException {
    ArchiveInfo info = shelf.list().get(0);
    return Unpacking.toLeave(shelf, progress).unpack(info, staging, workspace, Thoroughness.FAST);
  }

  /** Room was found for the first, and it was looked at as thoroughly as that one needs. */
  @Test
  void anArchiveThatIsReplacedWhileItIsReadIsTold() throws IOException {
    shelf.put(NAME.toString(), SAMPLE.ownComplete().gz());
    Progress progress =
        new Progress(
            (phase, done, total) -> {
              if (phase == Phase.UNPACK && done == 0) {
                shelf.put(NAME.toString(), SAMPLE.legacy().gz());
              }
            });
    try (Staging staging = Staging.in(workspace)) {
      assertThatThrownBy(() -> unpack(progress, staging))
          .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
          .hasMessageContaining("what it says of itself changed while it was read");
    }
  }

  /** The database was whole by then, and its check under way. */
  @Test
  void oneThatIsDamagedBehindItsDatabaseLeavesNobodyAtWorkAndNothingBehind() throws IOException {
    byte[] whole = SAMPLE.ownComplete().gz();
    shelf.put(NAME.toString(), Arrays.copyOf(whole, whole.length - 20));
    try (Staging staging = Staging.in(workspace)) {
      assertThatThrownBy(() -> unpack(new Progress((phase, done, total) -> {}), staging))
          .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
      assertThat(staging.directory().resolve("chroma.sqlite3")).exists();
      assertThat(staging.scratch()).isEmptyDirectory();
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().equals("chromabackup-checking"));
    }
  }
}
