package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedSyncTest {
  private static final String NAME = "chromabackup-syncing";

  @TempDir Path directory;

  private static void put(EntrySink sink, String path, int length) throws IOException {
    sink.accept(
        Entry.file(path, length, Instant.EPOCH), new ByteArrayInputStream(new byte[length]));
  }

  private static List<Thread> atWork() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(NAME))
        .toList();
  }

  @Test
  void closedItIsAtWorkNoMore() throws Exception {
    try (Staging staging = Staging.in(directory)) {
      for (int attempt = 0; attempt < 10; attempt++) {
        try (StagedSync sync = new StagedSync(staging, staging)) {
          for (int i = 0; i < 50; i++) {
            put(sync, "segment/" + i, 10_000);
          }
        }
        StagingTest.requireEnded(atWork());
      }
    }
  }

  /** Nobody else would be told. */
  @Test
  void aSyncThatFailsIsToldWhenItIsClosed() throws Exception {
    try (Staging staging = Staging.in(directory)) {
      EntrySink spoiling = (entry, content) -> // which cannot be written to
          Files.createDirectory(staging.directory().resolve(entry.path()));
      StagedSync sync = new StagedSync(spoiling, staging);
      put(sync, "a", 1);

      assertThatThrownBy(
              () -> {
                awaitEnd();
                sync.close();
              })
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining(staging.directory().resolve("a").toString());
    }
  }

  private static void awaitEnd() throws InterruptedException {
    while (!atWork().isEmpty()) {
      Thread.sleep(10);
    }
  }

  @Test
  void filesAreAsTheyWereAndThoseThatAreGoneAreNoReasonToFail() throws Exception {
    try (Staging staging = Staging.in(directory)) {
      EntrySink losing =
          (entry, content) -> {
            staging.accept(entry, content);
            if (entry.path().equals("gone")) {
              Files.delete(staging.directory().resolve("gone"));
            }
          };
      StagedSync sync = new StagedSync(losing, staging);
      put(sync, "gone", 1);
      put(sync, "there", 3);
      awaitWaiting();
      sync.close();

      assertThat(staging.directory()).isDirectoryNotContaining("glob:**gone");
      assertThat(staging.directory().resolve("there")).hasBinaryContent(new byte[3]);
    }
  }

  /** For more files: by then those that came are synced. */
  private static void awaitWaiting() throws InterruptedException {
    while (atWork().stream().noneMatch(thread -> thread.getState() == Thread.State.WAITING)) {
      Thread.sleep(10);
    }
  }

  @Test
  void anInterruptIsKeptForWhoeverClosesIt() throws Exception {
    try (Staging staging = Staging.in(directory)) {
      StagedSync sync = new StagedSync(staging, staging);
      put(sync, "a", 1);
      Thread.currentThread().interrupt();
      sync.close();
      assertThat(Thread.interrupted()).isTrue();
      StagingTest.requireEnded(atWork());
    }
  }
}
