package io.chromabackup;

import io.chromabackup.files.Interruption;
import io.chromabackup.files.PortionedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The content of one entry on its way to a sink: exactly its bytes, digested as they pass. */
final class EntryContent extends PortionedInputStream {
  private final InputStream in;
  private final HashingThread.Digest digest;
  private long left;
  private boolean failed;

  EntryContent(InputStream in, long size, HashingThread.Digest digest) {
    this.in = in;
    this.digest = digest;
    this.left = size;
  }

  /** Tells whether reading failed here, on this side of the sink. */
  boolean failed() {
    return failed;
  }

  /** Reads what the sink left, and returns the SHA-256 of all of it. */
  String finish() throws IOException {
    byte[] buffer = new byte[Digests.BUFFER];
    while (read(buffer, 0, buffer.length) >= 0) {
      Interruption.check();
    }
    return digest.hex();
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int n;
    try {
      n = in.read(buffer, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException();
      }
    } catch (IOException | RuntimeException e) {
      failed = true;
      throw e;
    }
    digest.update(buffer, offset, n);
    left -= n;
    return n;
  }
}
