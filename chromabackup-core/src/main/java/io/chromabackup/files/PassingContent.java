package io.chromabackup.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Content whose passing is watched, also where it does not pass through here. */
public abstract class PassingContent extends FilterInputStream {
  /**
   * Watches a stream.
   *
   * @param content the stream
   */
  protected PassingContent(InputStream content) {
    super(content);
  }

  /**
   * Is told of each portion.
   *
   * @param bytes how many passed
   * @throws IOException to end the copy
   */
  protected abstract void passed(long bytes) throws IOException;

  @Override
  public int read() throws IOException {
    int b = in.read();
    if (b >= 0) {
      passed(1);
    }
    return b;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = in.read(buffer, offset, length);
    if (n > 0) {
      passed(n);
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = in.skip(n);
    passed(skipped);
    return skipped;
  }

  final InputStream content() {
    return in;
  }
}
