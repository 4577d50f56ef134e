package io.chromabackup;

import io.chromabackup.files.PortionedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The decoded bytes of an archive. As long as a header is read, only so many of them are given: the
 * tar reader keeps the long names and extended attributes of an entry in memory, all that there is.
 */
final class BoundedHeaders extends PortionedInputStream {
  /** With what is padding between two entries; an ordinary header has 512 bytes. */
  static final int MAX_HEADER_BYTES = 64 << 10;

  private final InputStream decoded;
  private long left = Long.MAX_VALUE;

  BoundedHeaders(InputStream decoded) {
    this.decoded = decoded;
  }

  void beginHeader() {
    left = MAX_HEADER_BYTES;
  }

  void endHeader() {
    left = Long.MAX_VALUE;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = decoded.read(buffer, offset, length);
    left -= Math.max(n, 0);
    if (left < 0) {
      throw new IOException("it has a header of more than %,d bytes".formatted(MAX_HEADER_BYTES));
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    decoded.close();
  }
}
