package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.EntrySink;
import io.chromabackup.Quiet;
import io.chromabackup.files.PassingContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;

/** Ends a copy that would hold writers for too long. */
final class BarrierDeadline {
  /** From less than this, it cannot be told how fast a copy is. */
  private static final long ENOUGH_TO_TELL = 16L << 20;

  /** Until that can be told: 50 MB/s. */
  private static final double USUAL_BYTES_PER_NANO = 0.05;

  private final long endNanos;
  private final Duration limit;
  private final Path source;
  private long startNanos;
  private long copied;

  private BarrierDeadline(Duration limit, Path source) {
    this.limit = limit;
    this.source = source;
    this.startNanos = System.nanoTime();
    this.endNanos = startNanos + limit.toNanos();
  }

  static BarrierDeadline in(Duration limit, Path source) {
    return new BarrierDeadline(limit, source);
  }

  /** Copying begins: what was waited for before says nothing of how fast that is. */
  void beginCopying() {
    startNanos = System.nanoTime();
  }

  /** The same sink, which gives up when time is up. */
  EntrySink guarding(EntrySink sink) {
    return (entry, content) -> sink.accept(entry, guarding(content));
  }

  private InputStream guarding(InputStream in) {
    return new PassingContent(in) {
      @Override
      protected void passed(long bytes) throws IOException {
        copied += bytes;
        check();
      }
    };
  }

  private void check() throws ChromaBackupException {
    if (System.nanoTime() - endNanos > 0) {
      throw tooLong();
    }
  }

  /** Refuses a step that cannot be ended, if it is likely to take longer than the time left. */
  void requireTimeFor(long bytes) throws ChromaBackupException {
    long now = System.nanoTime();
    double bytesPerNano =
        copied < ENOUGH_TO_TELL ? USUAL_BYTES_PER_NANO : (double) copied / (now - startNanos);
    if (bytes / bytesPerNano > endNanos - now) {
      throw tooLong();
    }
  }

  private ChromaBackupException tooLong() {
    return ChromaBackupException.QuietUnavailable.now(
        source.toString(),
        Quiet.BARRIER,
        "copying takes longer than the %d s for which its writers can be held"
            .formatted(limit.toSeconds()));
  }
}
