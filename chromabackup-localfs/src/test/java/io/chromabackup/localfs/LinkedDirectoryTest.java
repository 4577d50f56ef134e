package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveStore;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A link to a directory is as good as the directory. Java 17 before 17.0.14, 18 and 19 are of
 * another mind (JDK-8294193) when they are to make one of that name, and so they must not be asked.
 */
class LinkedDirectoryTest {
  private final FileSystem memory = Trees.inMemory();
  private final FaultyFileSystem steps = FaultyFileSystem.over(memory);
  private Path directory;
  private Path link;

  @BeforeEach
  void aLink() throws IOException {
    directory = Files.createDirectories(memory.getPath("/mnt/disk"));
    link = Files.createSymbolicLink(memory.getPath("/srv"), directory);
  }

  @AfterEach
  void close() throws IOException {
    memory.close();
  }

  private void requireNotMade() {
    assertThat(steps.steps()).contains("mkdir " + link.resolve(".chromabackup"));
    assertThat(steps.steps()).doesNotContain("mkdir " + link);
  }

  @Test
  void aLinkedDataDirectoryIsRestoredIntoAndNotMade() throws IOException {
    try (Replacement replacement =
        new LocalTarget(steps.path(link))
            .stage(Trees.staged(Trees.ARCHIVE, memory.getPath("/unpacked")))) {
      replacement.swap();
      replacement.commit();
    }
    requireNotMade();
    assertThat(Trees.readAll(directory)).isEqualTo(Trees.ARCHIVE);
  }

  @Test
  void aDataDirectoryBelowALinkIsMadeAndTheLinkIsNot() throws IOException {
    Path data = link.resolve("chroma");
    new LocalTarget(steps.path(data)).workspace();
    assertThat(steps.steps()).contains("mkdir " + data).doesNotContain("mkdir " + link);
  }

  @Test
  void aLinkedStoreIsWrittenToAndNotMade() throws IOException {
    try (ArchiveStore.Lock lock = LocalArchiveStore.in(steps.path(link)).lock("test")) {
      requireNotMade();
    }
  }
}
