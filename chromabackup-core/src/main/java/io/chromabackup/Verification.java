package io.chromabackup;

import io.chromabackup.files.Space;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads archives to tell whether they are good. */
final class Verification {
  private final ArchiveStore store;
  private final Path workspace;
  private final ProgressListener listener;

  Verification(ArchiveStore store, Path workspace, ProgressListener listener) {
    this.store = store;
    this.workspace = workspace;
    this.listener = listener;
  }

  /**
   * Tries the work directory: one that is of no use says nothing of any archive. A full one is no
   * reason not to go on.
   */
  void requireWorkspace() throws IOException {
    try {
      Staging.in(workspace).close();
    } catch (IOException e) {
      if (!Space.isExhausted(e)) {
        throw e;
      }
    }
  }

  /** Unpacks an archive, and inspects the data in it. */
  VerifyReport inspect(ArchiveName name, Thoroughness least) throws IOException {
    long start = System.nanoTime();
    ArchiveInfo archive = new Archives(store).info(name);
    try (Staging staging = Staging.in(workspace)) {
      Unpacking.Unpacked unpacked =
          Unpacking.toLeave(store, new Progress(listener))
              .unpack(archive, staging, workspace, least);
      return new VerifyReport(
          name,
          archive.size(),
          staging.entries().stream().mapToLong(Entry::size).sum(),
          unpacked.thoroughness(),
          unpacked.inspection().collections(),
          unpacked.inspection().faultTexts(),
          unpacked.manifest().isEmpty(),
          Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /**
   * The same, but where there is no room to unpack an archive of ours, its bytes are compared with
   * the digests of what was inspected when it was made: a full disk must not keep retention from
   * making room.
   */
  VerifyReport prove(ArchiveName name) throws IOException {
    try {
      return inspect(name, Thoroughness.FAST);
    } catch (IOException e) {
      if (!(e instanceof ChromaBackupException.NoSpace) && !Space.isExhausted(e)) {
        throw e;
      }
      Optional<VerifyReport> compared = compare(name);
      if (compared.isEmpty()) {
        throw e;
      }
      return compared.get();
    }
  }

  private Optional<VerifyReport> compare(ArchiveName name) throws IOException {
    long start = System.nanoTime();
    ArchiveInfo archive = new Archives(store).info(name);
    Progress progress = new Progress(listener);
    progress.begin(Phase.UNPACK, archive.size());
    Optional<Manifest> manifest;
    try (InputStream in = store.open(name)) {
      manifest = new ArchiveReader(name.toString(), progress.counting(in)).readThrough();
    }
    return manifest.map(
        said ->
            new VerifyReport(
                name,
                archive.size(),
                said.bytes(),
                said.inspection(),
                said.collections(),
                said.faults(),
                false,
                Duration.ofNanos(System.nanoTime() - start)));
  }
}
