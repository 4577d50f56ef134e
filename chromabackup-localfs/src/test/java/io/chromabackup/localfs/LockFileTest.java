package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.files.PathLock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {
  private static final int ROUNDS = 3000;

  @TempDir private Path directory;

  @Test
  void aFileThatItsHoldersDeleteIsStillHeldByOneProcessAtATime() throws Exception {
    Path file = directory.resolve("ours").resolve("lock");
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<ForkedProcess>> processes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        processes.add(threads.submit(() -> ForkedProcess.run("contend", file)));
      }
      for (Future<ForkedProcess> process : processes) {
        process.get().kill();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** What each of the processes does: nobody else may be inside at the same time. */
  static void contend(Path file) throws IOException {
    Path inside = file.getParent().resolveSibling("inside");
    int held = 0;
    for (int round = 0; round < ROUNDS || held == 0; round++) {
      Optional<LockFile> lock = LockFile.exclusive(file, "test");
      if (lock.isPresent()) {
        try (LockFile mine = lock.get()) {
          Files.createFile(inside);
          held++;
          Files.delete(inside);
          Files.delete(file);
        } catch (FileAlreadyExistsException e) {
          throw new IOException("two at once in round " + round, e);
        }
      }
    }
  }

  @Test
  void theDirectoryIsMadeAndAFileThatIsLeftOverLocksNobodyOut() throws IOException {
    Path file = directory.resolve("ours").resolve("lock");
    LockFile.exclusive(file, "first").orElseThrow().close();
    assertThat(file).exists();
    try (LockFile second = LockFile.exclusive(file, "second").orElseThrow()) {
      assertThat(LockFile.exclusive(file, "third")).isEmpty();
      assertThat(LockFile.shared(file)).isEmpty();
    }
    try (PathLock one = LockFile.shared(file).orElseThrow();
        PathLock other = LockFile.shared(file).orElseThrow()) {
      assertThat(LockFile.exclusive(file, "fourth")).isEmpty();
    }
  }
}
