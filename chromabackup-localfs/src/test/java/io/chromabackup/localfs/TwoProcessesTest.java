package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoProcessesTest {
  @TempDir Path store;

  @Test
  void aRefusedThreadDoesNotOpenTheStoreToAnotherProcess() throws Exception {
    try (ArchiveStore.Lock held = LocalArchiveStore.in(store).lock("backup")) {
      assertThatThrownBy(() -> LocalArchiveStore.in(store).lock("prune"))
          .isInstanceOf(ChromaBackupException.Locked.class)
          .hasMessageContaining("backup");

      assertThat(Unprivileged.run(TakeLock.class, store.toString()))
          .contains("Locked")
          .contains("backup")
          .contains(String.valueOf(ProcessHandle.current().pid()));
    }
    assertThat(Unprivileged.run(TakeLock.class, store.toString())).contains("taken");
  }

  /** Run in a process of its own. */
  static final class TakeLock {
    public static void main(String[] args) {
      try (ArchiveStore.Lock lock = LocalArchiveStore.in(Path.of(args[0])).lock("prune")) {
        System.out.println("taken");
      } catch (IOException e) {
        System.out.println(e);
      }
    }
  }
}
