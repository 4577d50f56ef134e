package io.chromabackup.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** What one thread writes and another reads, piece by piece, with no more than a few in between. */
final class HandedOver extends InputStream {
  private static final byte[] END = new byte[0];
  private static final int PIECES = 16;

  private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(PIECES);
  private volatile boolean closed;
  private byte[] piece = new byte[] {0};
  private int position = 1;
  private boolean ended;

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    if (position == piece.length) {
      piece = take();
      position = 0;
      if (piece.length == 0) {
        ended = true;
        return -1;
      }
    }
    int n = Math.min(length, piece.length - position);
    System.arraycopy(piece, position, buffer, offset, n);
    position += n;
    return n;
  }

  private byte[] take() throws InterruptedIOException {
    try {
      return pieces.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Where to write. */
  OutputStream writer() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        if (length > 0) {
          put(Arrays.copyOfRange(buffer, offset, offset + length));
        }
      }

      @Override
      public void close() throws IOException {
        end();
      }
    };
  }

  /** Ends it, once what was written is read. Calling it again does nothing. */
  void end() throws IOException {
    if (!closed) {
      put(END);
      closed = true;
    }
  }

  private void put(byte[] bytes) throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    try {
      pieces.put(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
