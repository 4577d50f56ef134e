package io.chromabackup.localfs;

import io.chromabackup.RestoreTarget;
import io.chromabackup.testkit.contract.DataFiles;
import io.chromabackup.testkit.contract.RestoreTargetContract;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The target in a directory keeps the contract of targets, wherever the directory is. */
class LocalTargetContractTest {
  private interface OfDirectory extends RestoreTargetContract {
    Path data();

    @Override
    default RestoreTarget open() {
      return new LocalTarget(data());
    }

    @Override
    default void put(Map<String, String> files) throws IOException {
      DataFiles.write(data(), files);
    }

    @Override
    default Map<String, String> live() throws IOException {
      return DataFiles.read(data());
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
