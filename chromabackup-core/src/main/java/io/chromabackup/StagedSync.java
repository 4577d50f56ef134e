package io.chromabackup;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Brings staged files to the disk while the rest is unpacked and inspected, so that whoever needs
 * them there waits less. A kernel tells once that it could not write a file, and takes it for
 * written from then on: so that a sync failed here is told when this is closed, or nobody would
 * ever know.
 */
final class StagedSync implements EntrySink, AutoCloseable {
  private final EntrySink sink;
  private final Path directory;

  /** Ends with an empty one. */
  private final BlockingQueue<Optional<Path>> files = new LinkedBlockingQueue<>();

  private final FutureTask<Void> syncing;
  private volatile boolean closed;

  /**
   * Waits for files.
   *
   * @param sink passes on into {@code staging}
   */
  StagedSync(EntrySink sink, Staging staging) {
    this.sink = sink;
    this.directory = staging.directory();
    this.syncing = Interruption.beside("chromabackup-syncing", this::sync);
  }

  @Override
  public void accept(Entry entry, InputStream content) throws IOException {
    sink.accept(entry, content);
    if (entry.isFile()) {
      files.add(Optional.of(directory.resolve(entry.path())));
    }
  }

  private void sync() throws IOException {
    Optional<Path> file = next();
    while (file.isPresent() && !closed) {
      try {
        FileTree.syncFile(file.get());
      } catch (NoSuchFileException e) {
        // nobody needs it: its collection was deleted, or the database has come to rest
      }
      file = next();
    }
  }

  private Optional<Path> next() throws InterruptedIOException {
    try {
      return files.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
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
    files.add(Optional.empty());
    Interruption.awaitEnd(syncing);
  }
}
