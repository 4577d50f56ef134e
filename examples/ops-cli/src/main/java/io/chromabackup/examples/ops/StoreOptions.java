package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.localfs.LocalArchiveStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the archives are. */
@SuppressWarnings("NullAway.Init")
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "DIR",
      converter = PathConverter.class,
      defaultValue = "${env:CHROMABACKUP_STORE:-./backups/chromadb}",
      description =
          "Where the archives are, as a path or file: URI. Default: CHROMABACKUP_STORE, else ./backups/chromadb")
  private Path directory;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      converter = PathConverter.class,
      description = "Where data is put together, with room for all of it. Default: in the store")
  private @Nullable Path workDirectory;

  Path directory() {
    return directory.toAbsolutePath().normalize();
  }

  LocalArchiveStore open() {
    return LocalArchiveStore.in(directory());
  }

  ChromaBackup.Builder backups(ArchiveStore store) {
    ChromaBackup.Builder builder = ChromaBackup.builder(store);
    return workDirectory == null ? builder : builder.workspace(workDirectory);
  }
}
