package io.chromabackup.localfs;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.RestoreTarget;
import io.chromabackup.files.FileTree;
import io.chromabackup.testkit.contract.DataFiles;
import io.chromabackup.testkit.contract.RestoreTargetContract;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
      // a server works on it later than in the tick of the clock in which it was put in place
      Files.setLastModifiedTime(
          data().resolve("chroma.sqlite3"), FileTime.from(Instant.now().plusSeconds(1)));
    }

    @Override
    default Map<String, String> live() throws IOException {
      return DataFiles.read(data());
    }

    @Override
    default OptionalInt mode(String path) throws IOException {
      return DataFiles.mode(data(), path);
    }

    @Override
    default Optional<Map<String, String>> replaced() throws IOException {
      for (Path child : FileTree.children(data())) {
        if (child.getFileName().toString().startsWith(".chromabackup-replaced-")) {
          return Optional.of(DataFiles.read(child));
        }
      }
      return Optional.of(Map.of());
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
  class InMemory extends Memory {
    InMemory() {
      super(Trees.inMemory(), "/srv/chroma");
    }
  }

  @Nested
  class AsOnWindows extends Memory {
    AsOnWindows() {
      super(Jimfs.newFileSystem(Configuration.windows()), "C:\\srv\\chroma");
    }
  }

  @Nested
  class AsOnMac extends Memory {
    AsOnMac() {
      super(Jimfs.newFileSystem(Configuration.osX()), "/srv/chroma");
    }
  }

  private abstract static class Memory implements OfDirectory {
    private final FileSystem memory;
    private final Path data;

    Memory(FileSystem memory, String data) {
      this.memory = memory;
      this.data = memory.getPath(data);
    }

    @AfterEach
    void close() throws IOException {
      memory.close();
    }

    @Override
    public Path data() {
      return data;
    }
  }
}
