package io.chromabackup;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;

/**
 * Brings staged files to the disk while they are inspected, so that whoever needs them there waits
 * less. A kernel tells once that it could not write a file, and takes it for written from then on:
 * so that a sync failed here is told when this is closed, or nobody would ever know.
 */
final class StagedSync implements AutoCloseable {
  private final FutureTask<Void> syncing;
  private volatile boolean closed;

  /** Begins with the files as they are now. */
  StagedSync(Staging staging) {
    Path directory = staging.directory();
    List<Path> files =
        staging.entries().stream()
            .filter(Entry::isFile)
            .map(entry -> directory.resolve(entry.path()))
            .toList();
    syncing =
        new FutureTask<>(
            () -> {
              sync(files);
              return null;
            });
    Thread thread = new Thread(syncing, "chromabackup-syncing");
    thread.setDaemon(true);
    thread.start();
  }

  private void sync(List<Path> files) throws IOException {
    for (Path file : files) {
      if (closed) {
        return;
      }
      try {
        FileTree.syncFile(file);
      } catch (NoSuchFileException e) {
        // the inspection found that nobody needs it
      }
    }
  }

  /**
   * Ends it; a file that is being synced is waited for, and not interrupted, which would hide a
   * failure.
   *
   * @throws IOException if a file could not be synced
   */
  @Override
  public void close() throws IOException {
    closed = true;
    Interruption.awaitEnd(syncing);
  }
}
