package io.chromabackup;

import io.chromabackup.files.PortionedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a decoder makes of an archive, which may hold only so much that decodes to nothing. Of gzip,
 * the decoder keeps the name and the comment in the header of a member in memory, and they end
 * where the stream says; of Zstandard, frames with nothing in them could be read for ever.
 */
final class BoundedSilence extends PortionedInputStream {
  /** What the decoder has read ahead counts as well. */
  static final int MAX_SILENT_BYTES = 1 << 20;

  private final InputStream decoded;
  private final Silence silence;

  private BoundedSilence(InputStream decoded, Silence silence) {
    this.decoded = decoded;
    this.silence = silence;
  }

  /** Decodes what is stored. */
  static InputStream in(InputStream stored, Decoding decoding) throws IOException {
    Silence silence = new Silence(stored);
    return new BoundedSilence(decoding.of(silence), silence);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = decoded.read(buffer, offset, length);
    silence.bytes = 0;
    return n;
  }

  @Override
  public void close() throws IOException {
    decoded.close();
  }

  /** What is read without anything being decoded from it. */
  private static final class Silence extends PortionedInputStream {
    private final InputStream stored;
    private long bytes;

    Silence(InputStream stored) {
      this.stored = stored;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = stored.read(buffer, offset, length);
      bytes += Math.max(n, 0);
      if (bytes > MAX_SILENT_BYTES) {
        throw new IOException("it has %,d bytes with nothing in them".formatted(MAX_SILENT_BYTES));
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      stored.close();
    }
  }
}
