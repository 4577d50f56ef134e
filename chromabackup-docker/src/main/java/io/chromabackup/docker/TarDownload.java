package io.chromabackup.docker;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * A tar stream from an engine. It ends only if the archive does: an engine that fails in the midst
 * of one may well end the transfer as if all was said.
 */
final class TarDownload extends InputStream {
  /** What a tar archive ends with, in zero bytes. */
  private static final int END = 1024;

  private final Exchange exchange;
  private final String what;
  private long zeros;
  private boolean closed;

  TarDownload(Exchange exchange, String what) {
    this.exchange = exchange;
    this.what = what;
    exchange.watch().done();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (closed) {
      throw new IOException("closed");
    }
    if (length == 0) {
      return 0;
    }
    int count = exchange.read(buffer, offset, length);
    if (count < 0) {
      checkEnd();
    } else {
      countZeros(buffer, offset, count);
    }
    return count;
  }

  private void checkEnd() throws IOException {
    if (zeros < END) {
      throw new IOException(
          "the engine ended the transfer of %s before its end; a file may have become shorter meanwhile"
              .formatted(what));
    }
  }

  private void countZeros(byte[] buffer, int offset, int count) {
    int trailing = 0;
    while (trailing < count && buffer[offset + count - 1 - trailing] == 0) {
      trailing++;
    }
    zeros = trailing == count ? zeros + trailing : trailing;
  }

  @Override
  public void close() {
    closed = true;
    exchange.close();
  }
}
