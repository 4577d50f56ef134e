package io.chromabackup;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings staged files to the disk while they are inspected, so that whoever needs them there waits
 * less. No more than that: what fails here, and what is not done in time, is left to that one.
 */
final class StagedSync implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StagedSync.class);

  private final Thread thread;

  /** Begins with the files as they are now. */
  StagedSync(Staging staging) {
    Path directory = staging.directory();
    List<Path> files =
        staging.entries().stream()
            .filter(Entry::isFile)
            .map(entry -> directory.resolve(entry.path()))
            .toList();
    thread = new Thread(() -> sync(files), "chromabackup-syncing");
    thread.setDaemon(true);
    thread.start();
  }

  private static void sync(List<Path> files) {
    for (Path file : files) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      try {
        FileTree.syncFile(file);
      } catch (IOException e) {
        log.debug("{} is not synced ahead: {}", file, e.toString());
      }
    }
  }

  /** Ends it; a file that is being synced is waited for. */
  @Override
  public void close() throws IOException {
    thread.interrupt();
    Interruption.shielded(
        () -> {
          try {
            thread.join();
          } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted");
          }
        });
  }
}
