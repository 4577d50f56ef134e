package io.chromabackup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * A gzip stream, decoded. It may hold only so much that decodes to nothing: the decoder keeps the
 * name and the comment in the header of a member in memory, and they end where the stream says.
 */
final class ArchivedGzip extends FilterInputStream {
  /** What the decoder has read ahead counts as well. */
  static final int MAX_SILENT_BYTES = 1 << 20;

  private final Silence silence;

  private ArchivedGzip(Silence silence) throws IOException {
    super(
        GzipCompressorInputStream.builder()
            .setInputStream(silence)
            .setDecompressConcatenated(true)
            .get());
    this.silence = silence;
  }

  static InputStream of(InputStream in) throws IOException {
    return new ArchivedGzip(new Silence(in));
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
        throw new IOException(
            "it has %,d bytes of gzip with nothing in them".formatted(MAX_SILENT_BYTES));
      }
    }
  }
}
