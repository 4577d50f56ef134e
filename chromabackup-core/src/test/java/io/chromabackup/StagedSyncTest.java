package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedSyncTest {
  private static final String NAME = "chromabackup-syncing";

  @TempDir Path directory;

  private static void put(Staging staging, String path, int length) throws IOException {
    staging.accept(
        Entry.file(path, length, Instant.EPOCH), new ByteArrayInputStream(new byte[length]));
  }

  private static boolean isAtWork() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(NAME));
  }

  @Test
  void closedItIsAtWorkNoMore() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      for (int i = 0; i < 50; i++) {
        put(staging, "segment/" + i, 10_000);
      }
      for (int attempt = 0; attempt < 10; attempt++) {
        new StagedSync(staging).close();
        assertThat(isAtWork()).isFalse();
      }
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
  void anInterruptIsKeptForWhoeverClosesIt() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      put(staging, "a", 1);
      Thread.currentThread().interrupt();
      new StagedSync(staging).close();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(isAtWork()).isFalse();
    }
  }
}
