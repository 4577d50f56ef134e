package io.chromabackup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The decoded bytes of an archive. As long as a header is read, only so many of them are given: the
 * tar reader keeps the long names and extended attributes of an entry in memory, all that there is.
 */
final class BoundedHeaders extends FilterInputStream {
  /** With what is padding between two entries; an ordinary header has 512 bytes. */
  static final int MAX_HEADER_BYTES = 64 << 10;

  private long left = Long.MAX_VALUE;

  BoundedHeaders(InputStream in) {
    super(in);
  }

  void beginHeader() {
    left = MAX_HEADER_BYTES;
  }

  void endHeader() {
    left = Long.MAX_VALUE;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = super.read(buffer, offset, length);
    left -= Math.max(n, 0);
    requireSome();
    return n;
  }

  @Override
  public long skip(long count) throws IOException {
    long n = super.skip(count);
    left -= n;
    requireSome();
    return n;
  }

  private void requireSome() throws IOException {
    if (left < 0) {
      throw new IOException("it has a header of more than %,d bytes".formatted(MAX_HEADER_BYTES));
    }
  }
}
