package io.chromabackup.localfs;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.testkit.contract.ArchiveStoreContract;
import io.chromabackup.testkit.faults.Fault;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import io.chromabackup.trial.StoreAccess.Trouble;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The store in a directory keeps the contract of stores, wherever the directory is. */
class LocalArchiveStoreContractTest {
  @Nested
  class OnDisk implements ArchiveStoreContract {
    @TempDir private Path temporary;

    @Override
    public ArchiveStore open() {
      return LocalArchiveStore.in(temporary.resolve("backups"));
    }

    @Override
    public Optional<ArchiveStore> openIn(Trouble trouble) throws IOException {
      return inTrouble(temporary.resolve("backups"), trouble);
    }

    @Override
    public boolean putForeign(String fileName) throws IOException {
      Files.createFile(temporary.resolve("backups").resolve(fileName));
      return true;
    }
  }

  @Nested
  class InMemory extends Memory {
    InMemory() {
      super(Trees.inMemory(), "/srv/backups");
    }
  }

  @Nested
  class AsOnWindows extends Memory {
    AsOnWindows() {
      super(Jimfs.newFileSystem(Configuration.windows()), "C:\\srv\\backups");
    }
  }

  @Nested
  class AsOnMac extends Memory {
    AsOnMac() {
      super(Jimfs.newFileSystem(Configuration.osX()), "/srv/backups");
    }
  }

  private abstract static class Memory implements ArchiveStoreContract {
    private final FileSystem memory;
    private final Path directory;

    Memory(FileSystem memory, String directory) {
      this.memory = memory;
      this.directory = memory.getPath(directory);
    }

    @AfterEach
    void close() throws IOException {
      memory.close();
    }

    @Override
    public ArchiveStore open() {
      return LocalArchiveStore.in(directory);
    }

    @Override
    public Optional<ArchiveStore> openIn(Trouble trouble) throws IOException {
      return inTrouble(directory, trouble);
    }

    @Override
    public boolean putForeign(String fileName) throws IOException {
      Files.createFile(directory.resolve(fileName));
      return true;
    }
  }

  private static final ArchiveName REHEARSED =
      ArchiveName.parse("chromadb_backup_19800101_000000.tar.gz").orElseThrow();

  private static Optional<ArchiveStore> inTrouble(Path directory, Trouble trouble)
      throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(directory.getFileSystem());
    LocalArchiveStore store = LocalArchiveStore.in(faults.path(directory));
    switch (trouble) {
      case WRITING -> faults.failFrom(stepOfWriting("write", faults, store), Fault.NO_SPACE);
      case FINISHING -> faults.failAt(stepOfWriting("force", faults, store), Fault.IO_ERROR);
      case LISTING -> faults.failFrom(1, Fault.IO_ERROR);
    }
    return Optional.of(store);
  }

  /** The first step of that kind that a write takes, when it is not the first write of all. */
  private static int stepOfWriting(String kind, FaultyFileSystem faults, LocalArchiveStore store)
      throws IOException {
    List<String> steps = List.of();
    for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
      faults.reset();
      store.write(REHEARSED, out -> out.write(42), in -> {});
      steps = faults.steps();
      store.delete(REHEARSED);
    }
    for (int step = 0; step < steps.size(); step++) {
      if (steps.get(step).matches(kind + " .*[/\\\\]partial-[^.]*")) {
        return step + 1;
      }
    }
    throw new AssertionError("no " + kind + " among " + steps);
  }
}
