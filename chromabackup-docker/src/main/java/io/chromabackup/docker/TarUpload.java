package io.chromabackup.docker;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tar stream on its way to an engine: tells time lost in its source from time lost in the engine,
 * and errors of the one from those of the other. It is not closed by the transport.
 */
final class TarUpload extends FilterInputStream {
  private Watchdog.@Nullable Watch watch;
  private @Nullable IOException failure;

  TarUpload(InputStream source) {
    super(source);
  }

  /** The engine's time runs on this watch. */
  void timedBy(Watchdog.Watch watch) {
    this.watch = watch;
  }

  /** Why the source could not be read, if so. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    engineWaits();
    try {
      return super.read(buffer, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    } finally {
      engineWorks();
    }
  }

  private void engineWaits() {
    if (watch != null) {
      watch.done();
    }
  }

  private void engineWorks() {
    if (watch != null) {
      watch.waiting();
    }
  }

  @Override
  public void close() {}
}
