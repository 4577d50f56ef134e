package io.chromabackup;

import io.chromabackup.files.PassingContent;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the bytes of a phase and tells the listener, which cannot break anything. */
final class Progress {
  private static final Logger log = LoggerFactory.getLogger(Progress.class);
  private static final long STEP = 1 << 20;

  private final ProgressListener listener;
  private Phase phase = Phase.COPY;
  private long done;
  private long told;
  private long total;

  Progress(ProgressListener listener) {
    this.listener = listener;
  }

  void begin(Phase next, long bytes) {
    phase = next;
    done = 0;
    told = 0;
    total = bytes;
    tell();
  }

  /** The same sink, with what passes into it counted. */
  EntrySink counting(EntrySink sink) {
    return new EntrySink() {
      @Override
      public void accept(Entry entry, InputStream content) throws IOException {
        sink.accept(entry, counting(content));
      }

      @Override
      public boolean keep(Entry entry) throws IOException {
        return sink.keep(entry);
      }
    };
  }

  /** How many bytes of the phase have passed. */
  long done() {
    return done;
  }

  InputStream counting(InputStream in) {
    return new PassingContent(in) {
      @Override
      protected void passed(long bytes) {
        advance(bytes);
      }
    };
  }

  private void advance(long bytes) {
    done += bytes;
    if (done - told >= STEP) {
      told = done;
      tell();
    }
  }

  private void tell() {
    try {
      listener.on(phase, done, total);
    } catch (RuntimeException e) {
      log.warn("a progress listener failed and is ignored", e);
    }
  }
}
