package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The digests of staged files, worked out beside their inspection. */
final class StagedDigests implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread daemon = new Thread(work, "chromabackup-hashing");
            daemon.setDaemon(true);
            return daemon;
          });

  private final Map<String, Future<String>> digests = new HashMap<>();

  /** Begins with the files as they are now, which must stay so. */
  StagedDigests(Path directory, Collection<Entry> entries) {
    for (Entry entry : entries) {
      if (entry.isFile()) {
        Path file = directory.resolve(entry.path());
        digests.put(entry.path(), thread.submit(() -> Digests.of(file)));
      }
    }
  }

  /** The SHA-256 of a file, in hexadecimal; waits for it. */
  String of(Entry file) throws IOException {
    Future<String> digest = digests.get(file.path());
    if (digest == null) {
      throw new IllegalArgumentException(file.path() + " was not there when this began");
    }
    try {
      return Interruption.await(digest);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof Error error) {
        throw error;
      }
      throw new IOException(file.path() + " could not be read back: " + cause, cause);
    }
  }

  /** Ends what is not done yet: after this nobody reads the files. */
  @Override
  public void close() throws IOException {
    thread.shutdownNow();
    Interruption.shielded(
        () -> {
          try {
            while (!thread.awaitTermination(1, TimeUnit.HOURS)) {}
          } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted");
          }
        });
  }
}
