package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.ContentWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LocalArchiveStoreOnDiskTest extends LocalArchiveStoreSpec {
  @TempDir private Path temporary;

  @Override
  Path root() {
    return temporary;
  }

  @Test
  void aLockThatAnotherProcessHasIsToldAndEndsWithThatProcess() throws Exception {
    try (ForkedProcess other = ForkedProcess.run("lock", directory)) {
      assertThatThrownBy(() -> store.lock("backup"))
          .isInstanceOf(Locked.class)
          .hasMessageContaining("prune by process " + other.pid() + " on ");
      other.kill();
      store.lock("backup").close();
    }
  }

  @Test
  void askingWhoHasTheLockDoesNotLoseIt() throws Exception {
    try (ArchiveStore.Lock lock = store.lock("backup")) {
      assertThatThrownBy(() -> LocalArchiveStore.in(directory).lock("prune"))
          .isInstanceOf(Locked.class);
      assertThatThrownBy(() -> ForkedProcess.run("lock", directory)).hasMessageContaining("Locked");
    }
  }

  @Test
  void anArchiveThatAnotherProcessReadsIsNotDeletedWhileThatProcessLives() throws Exception {
    store(NAME, "x");
    try (ForkedProcess reader = ForkedProcess.run("read", directory, NAME.toString())) {
      assertThatThrownBy(() -> store.delete(NAME)).isInstanceOf(ArchiveInUse.class);
      reader.kill();
      assertThat(store.delete(NAME)).isTrue();
    }
    assertThat(remains()).isEmpty();
  }

  @Test
  void whatAnotherProcessIsWritingIsDeletedOnceThatProcessIsDead() throws Exception {
    try (ForkedProcess writer = ForkedProcess.run("write", directory, NAME.toString())) {
      store.lock("backup").close();
      assertThat(remains()).anyMatch(name -> name.startsWith(".chromabackup/partial-"));
      writer.kill();
      store.lock("backup").close();
      assertThat(remains()).isEmpty();
    }
  }

  @Test
  void anInterruptAtAnyMomentEndsTheWriteWithTheFlagSetOrComesTooLate() throws Exception {
    int interrupted = 0;
    for (int delay = 0; delay < 30; delay++) {
      Thread writer = Thread.currentThread();
      long micros = delay * 300L;
      Thread other =
          new Thread(
              () -> {
                LockSupport.parkNanos(micros * 1000);
                writer.interrupt();
              });
      other.start();
      boolean stored = false;
      try {
        store.write(NAME, out -> out.write(new byte[3_000_000]), InputStream::readAllBytes);
        stored = true;
      } catch (InterruptedIOException e) {
        interrupted++;
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
      }
      awaitEnd(other);
      assertThat(store.delete(NAME)).isEqualTo(stored);
      assertThat(remains()).isEmpty();
    }
    assertThat(interrupted).isPositive();
  }

  /** Leaves the flag cleared. */
  private static void awaitEnd(Thread thread) throws InterruptedException {
    while (thread.isAlive()) {
      Thread.onSpinWait();
    }
    Thread.interrupted();
  }

  @Test
  void aDirectoryBelowAFileIsNoStore() throws IOException {
    Files.writeString(directory, "a file");
    LocalArchiveStore below = LocalArchiveStore.in(directory.resolve("below"));
    assertThatThrownBy(() -> below.write(NAME, text("x"), UNCHECKED))
        .isInstanceOf(StoreUnusable.class);
    assertThatThrownBy(below::list).isInstanceOf(StoreUnusable.class);
  }

  @Test
  void aStoreThatIsReadOnlyCanBeListedAndReadAndSaysSoWhenWrittenTo() throws Exception {
    Files.createDirectory(directory);
    try (Mount mount = Mount.tmpfs(directory)) {
      store(NAME, "x");
      mount.makeReadOnly();
      assertThat(store.list()).hasSize(1);
      assertThat(read(NAME)).isEqualTo("x");
      assertThat(store.workspace()).isEmpty();
      assertThatThrownBy(() -> store(LATER, "x"))
          .isInstanceOf(StoreUnusable.class)
          .hasMessageContaining("read-only");
      assertThatThrownBy(() -> store.lock("backup")).isInstanceOf(StoreUnusable.class);
      assertThatThrownBy(() -> store.delete(NAME)).isInstanceOf(StoreUnusable.class);
    }
  }

  @Test
  void whatIsOnTheDiskIsReadBackWhileMoreIsWritten() throws IOException {
    CountDownLatch begun = new CountDownLatch(1);
    byte[] megabyte = new byte[1 << 20];
    store.write(
        NAME,
        out -> {
          for (int written = 0; written < SyncAhead.STEP; written += megabyte.length) {
            out.write(megabyte);
          }
          assertThat(await(begun)).as("some of it was read by now").isTrue();
          out.write(megabyte);
        },
        in -> {
          in.skipNBytes(1);
          begun.countDown();
          assertThat(in.skip(Long.MAX_VALUE)).isPositive();
        });
    assertThat(store.list())
        .extracting(ArchiveInfo::size)
        .containsExactly((long) SyncAhead.STEP + megabyte.length);
  }

  private static boolean await(CountDownLatch latch) throws InterruptedIOException {
    try {
      return latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  @Test
  void ofAStoreThatIsFullArchivesCanBeReadAndDeleted() throws Exception {
    Files.createDirectory(directory);
    try (Mount mount = Mount.tmpfs(directory)) {
      store.write(NAME, out -> out.write(new byte[700_000]), UNCHECKED);
      assertThatThrownBy(() -> store.write(LATER, out -> out.write(new byte[700_000]), UNCHECKED))
          .isInstanceOf(NoSpace.class);
      // a codec that is closed twice tells what came second
      ContentWriter muddled =
          out -> {
            try {
              out.write(new byte[700_000]);
            } catch (IOException e) {
              throw new IOException("the stream is closed");
            }
          };
      assertThatThrownBy(() -> store.write(LATER, muddled, UNCHECKED)).isInstanceOf(NoSpace.class);
      assertThat(remains()).containsExactly(NAME.toString());
      fill(directory.resolve("filler"));
      try (InputStream in = store.open(NAME)) {
        assertThat(in.readAllBytes()).hasSize(700_000);
      }
      assertThat(store.delete(NAME)).isTrue();
      assertThat(store.list()).isEmpty();
    }
  }

  private static void fill(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("space");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPipeThatIsNamedLikeAnArchiveIsLeftOut() throws Exception {
    Files.createDirectory(directory);
    Process mkfifo =
        new ProcessBuilder("mkfifo", directory.resolve(NAME.toString()).toString()).start();
    assertThat(mkfifo.waitFor()).isZero();
    assertThat(store.list()).isEmpty();
  }
}
