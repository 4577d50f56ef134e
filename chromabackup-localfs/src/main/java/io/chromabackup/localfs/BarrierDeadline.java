package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.EntrySink;
import io.chromabackup.files.PassingContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;

/** Ends a copy that would hold writers for too long. */
final class BarrierDeadline {
  private final long endNanos;
  private final Duration limit;
  private final Path source;

  private BarrierDeadline(Duration limit, Path source) {
    this.limit = limit;
    this.source = source;
    this.endNanos = System.nanoTime() + limit.toNanos();
  }

  static BarrierDeadline in(Duration limit, Path source) {
    return new BarrierDeadline(limit, source);
  }

  /** The same sink, which gives up when time is up. */
  EntrySink guarding(EntrySink sink) {
    return (entry, content) -> sink.accept(entry, guarding(content));
  }

  private InputStream guarding(InputStream in) {
    return new PassingContent(in) {
      @Override
      protected void passed(long bytes) throws IOException {
        check();
      }
    };
  }

  private void check() throws ChromaBackupException {
    if (System.nanoTime() - endNanos > 0) {
      throw new ChromaBackupException.SourceChanged(
          source.toString(),
          "copying takes longer than the %d s for which its writers can be held"
              .formatted(limit.toSeconds()));
    }
  }
}
