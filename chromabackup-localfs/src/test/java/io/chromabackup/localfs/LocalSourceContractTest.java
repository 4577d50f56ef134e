package io.chromabackup.localfs;

import io.chromabackup.BackupSource;
import io.chromabackup.files.Settling;
import io.chromabackup.testkit.Fixture;
import io.chromabackup.testkit.contract.BackupSourceContract;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The source in a directory keeps the contract of sources, wherever the directory is. */
class LocalSourceContractTest {
  private interface OfDirectory extends BackupSourceContract {
    Path data();

    @Override
    default BackupSource open() {
      return new LocalSource(data(), new Settling(Duration.ofMillis(100)));
    }

    @Override
    default void put(Path directory) throws IOException {
      Fixture.copy(directory, data());
    }

    @Override
    default boolean remove(String path) throws IOException {
      return Files.deleteIfExists(data().resolve(path));
    }
  }

  @Nested
  class OnDisk implements OfDirectory {
    @TempDir private Path temporary;

    @Override
    public Path data() {
      return temporary.resolve("chroma");
    }
  }

  @Nested
  class InMemory implements OfDirectory {
    private final FileSystem memory = Trees.inMemory();

    @AfterEach
    void close() throws IOException {
      memory.close();
    }

    @Override
    public Path data() {
      return memory.getPath("/srv/chroma");
    }
  }
}
