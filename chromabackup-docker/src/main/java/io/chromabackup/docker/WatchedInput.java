package io.chromabackup.docker;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to an engine: whether it moves, and whether it was the reading of it that failed.
 */
final class WatchedInput extends FilterInputStream {
  private volatile boolean moved;
  private volatile @Nullable IOException failure;

  WatchedInput(InputStream in) {
    super(in);
  }

  /** Whether something was read since this was last asked. */
  boolean hasMoved() {
    boolean since = moved;
    moved = false;
    return since;
  }

  /** What reading it threw. */
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
    try {
      int n = in.read(buffer, offset, length);
      moved = true;
      return n;
    } catch (IOException e) {
      failure = e;
      throw e;
    } catch (UncheckedIOException e) {
      failure = e.getCause();
      throw e.getCause() == null ? new IOException(e) : e.getCause();
    }
  }

  /** The transport closes what it sends; who made it does that here. */
  @Override
  public void close() {}
}
