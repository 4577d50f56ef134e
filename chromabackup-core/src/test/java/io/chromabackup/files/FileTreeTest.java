package io.chromabackup.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.testkit.Skip;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
  @TempDir Path directory;

  /** As of a shared folder of a virtual machine, in whatever language this machine says it. */
  @Test
  void aDirectoryThatKnowsNoSyncIsLeftToItsFileSystem() throws IOException {
    Path processes = Path.of("/proc");
    Skip.unless(Files.exists(processes), "there is no /proc");

    FileTree.syncDirectory(processes);
  }

  @Test
  void aSyncThatFailsIsAnErrorAndOneThatIsNotSupportedIsNone() throws IOException {
    try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
      FaultyFileSystem faults = FaultyFileSystem.over(memory);
      Path here = faults.path(Files.createDirectory(memory.getPath("/here")));
      for (String said : List.of("Invalid argument", "Operation not supported")) {
        sayAtTheNextSync(faults, said);
        FileTree.syncDirectory(here);
      }
      sayAtTheNextSync(faults, "Input/output error");
      assertThatThrownBy(() -> FileTree.syncDirectory(here)).hasMessage("Input/output error");
    }
  }

  private static void sayAtTheNextSync(FaultyFileSystem faults, String what) {
    faults.after(
        "force /here",
        () -> {
          throw new IOException(what);
        });
  }

  /** It says of a directory that is there that it is not, when it is to be opened. */
  @Test
  void aDirectoryInAZipFileIsLeftToItsFileSystem() throws IOException {
    URI uri = URI.create("jar:" + directory.resolve("some.zip").toUri());
    try (FileSystem zip = FileSystems.newFileSystem(uri, Map.of("create", "true"))) {
      Path there = Files.createDirectory(zip.getPath("/there"));

      FileTree.syncDirectory(there);

      assertThat(there).isDirectory();
      assertThatThrownBy(() -> FileTree.syncDirectory(zip.getPath("/missing")))
          .isInstanceOf(NoSuchFileException.class);
    }
  }
}
