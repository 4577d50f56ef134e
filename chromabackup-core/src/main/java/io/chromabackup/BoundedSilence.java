package io.chromabackup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a decoder makes of an archive, which may hold only so much that decodes to nothing. Of gzip,
 * the decoder keeps the name and the comment in the header of a member in memory, and they end
 * where the stream says; of Zstandard, frames with nothing in them could be read for ever.
 */
final class BoundedSilence extends FilterInputStream {
  /** What the decoder has read ahead counts as well. */
  static final int MAX_SILENT_BYTES = 1 << 20;

  private final Silence silence;

  private BoundedSilence(InputStream decoded, Silence silence) {
    super(decoded);
    this.silence = silence;
  }

  /** Decodes what is stored. */
  static InputStream in(InputStream stored, Decoding decoding) throws IOException {
    Silence silence = new Silence(stored);
    return new BoundedSilence(decoding.of(silence), silence);
  }

  /** Makes a decoder. */
  @FunctionalInterface
  interface Decoding {
    InputStream of(InputStream stored) throws IOException;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = super.read(buffer, offset, length);
    silence.end();
    return n;
  }

  @Override
  public long skip(long count) throws IOException {
    long left = count;
    byte[] passed = new byte[Digests.BUFFER];
    while (left > 0) {
      int n = read(passed, 0, (int) Math.min(passed.length, left));
      if (n < 0) {
        break;
      }
      left -= n;
    }
    return count - left;
  }

  /** What is read without anything being decoded from it. */
  private static final class Silence extends FilterInputStream {
    private long bytes;

    Silence(InputStream in) {
      super(in);
    }

    void end() {
      bytes = 0;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      count(n);
      return n;
    }

    private void count(int n) throws IOException {
      bytes += Math.max(n, 0);
      if (bytes > MAX_SILENT_BYTES) {
        throw new IOException("it has %,d bytes with nothing in them".formatted(MAX_SILENT_BYTES));
      }
    }
  }
}
