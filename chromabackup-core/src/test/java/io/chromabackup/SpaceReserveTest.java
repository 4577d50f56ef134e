package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpaceReserveTest {
  private static final long STEP = 8L << 20;
  private static final long DISK = SpaceReserve.RESERVE + 3 * STEP;

  private static FileSystem disk() throws IOException {
    FileSystem disk =
        Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(DISK).build());
    Files.createDirectory(disk.getPath("/srv"));
    return disk;
  }

  @Test
  void aBombThatDoesNotSayItsSizeStopsBeforeTheDiskIsFull() throws IOException {
    try (FileSystem disk = disk()) {
      HostileRestore restore = new HostileRestore(disk.getPath("/srv"));

      assertThatThrownBy(() -> restore.run(Bombs.withoutManifest()))
          .isInstanceOf(ChromaBackupException.NoSpace.class)
          .hasMessageContaining("/evil");

      assertThat(restore.around().keySet()).noneMatch(path -> path.contains("work"));
    }
  }

  @Test
  void theReserveIsLeftFree() throws IOException {
    try (FileSystem disk = disk()) {
      Path file = disk.getPath("/srv/file");
      AtomicLong least = new AtomicLong(DISK);
      EntrySink sink =
          (entry, content) -> {
            byte[] buffer = new byte[1 << 20];
            for (int n; (n = content.read(buffer)) >= 0; ) {
              Files.write(
                  file,
                  Arrays.copyOf(buffer, n),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND);
              least.set(Files.getFileStore(file).getUsableSpace());
            }
          };
      Entry entry = Entry.file("evil", 1 << 30, HostileSample.MADE);

      assertThatThrownBy(
              () -> new SpaceReserve(sink, disk.getPath("/srv")).accept(entry, new Zeros()))
          .isInstanceOf(ChromaBackupException.NoSpace.class)
          .hasMessageContaining("evil");

      assertThat(least.get()).isBetween(SpaceReserve.RESERVE - STEP, SpaceReserve.RESERVE);
    }
  }

  /** There is no end of them. */
  private static final class Zeros extends InputStream {
    @Override
    public int read() {
      return 0;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      return length;
    }
  }
}
