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

  private static void put(Staging staging, String path, int length) throws IOException {
    staging.accept(
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
      for (int i = 0; i < 50; i++) {
        put(staging, "segment/" + i, 10_000);
      }
      for (int attempt = 0; attempt < 10; attempt++) {
        new StagedSync(staging).close();
        StagingTest.requireEnded(atWork());
      }
    }
  }

  /** Nobody else would be told. */
  @Test
  void aSyncThatFailsIsToldWhenItIsClosed() throws Exception {
    try (Staging staging = Staging.in(directory)) {
      put(staging, "a", 1);
      Files.delete(staging.directory().resolve("a"));
      Files.createDirectory(staging.directory().resolve("a")); // which cannot be written to
      StagedSync sync = new StagedSync(staging);

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
  void filesAreAsTheyWereAndThoseThatAreGoneAreNoReasonToFail() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      put(staging, "gone", 1);
      put(staging, "there", 3);
      Files.delete(staging.directory().resolve("gone"));
      new StagedSync(staging).close();

      assertThat(staging.directory()).isDirectoryNotContaining("glob:**gone");
      assertThat(staging.directory().resolve("there")).hasBinaryContent(new byte[3]);
    }
  }

  @Test
  void anInterruptIsKeptForWhoeverClosesIt() throws Exception {
    try (Staging staging = Staging.in(directory)) {
      put(staging, "a", 1);
      Thread.currentThread().interrupt();
      new StagedSync(staging).close();
      assertThat(Thread.interrupted()).isTrue();
      StagingTest.requireEnded(atWork());
    }
  }
}
