package io.chromabackup.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is written to a command: a pipe to the thread by which the transport sends it. The transport
 * cannot half-close a connection, so a command sees the end of its input when all is closed.
 */
final class StandardInput extends InputStream {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private byte @Nullable [] pending;
  private int offset;
  private boolean ended;
  private @Nullable Thread sender;

  /** The end that is written to. */
  OutputStream writer() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        put(Arrays.copyOfRange(buffer, offset, offset + length));
      }

      @Override
      public void close() {
        end();
      }
    };
  }

  private synchronized void put(byte[] bytes) throws IOException {
    awaitRoom();
    if (ended) {
      throw new IOException("the command's input is closed");
    }
    if (bytes.length > 0) {
      pending = bytes;
      offset = 0;
      notifyAll();
    }
  }

  private synchronized void awaitRoom() throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try {
      while (pending != null && !ended) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          throw new IOException(
              "the command did not read its input for " + LIMIT.toSeconds() + " s");
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private synchronized void awaitBytes() throws InterruptedIOException {
    try {
      while (pending == null && !ended) {
        wait();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while writing to a command");
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] buffer, int to, int length) throws IOException {
    adopt(Thread.currentThread());
    awaitBytes();
    if (pending == null) {
      return -1;
    }
    int count = Math.min(length, pending.length - offset);
    System.arraycopy(pending, offset, buffer, to, count);
    offset += count;
    if (offset == pending.length) {
      pending = null;
      notifyAll();
    }
    return count;
  }

  /** The transport lets its thread die of a command that is gone, which is no news to anybody. */
  private void adopt(Thread thread) {
    if (sender == null) {
      sender = thread;
      thread.setUncaughtExceptionHandler((t, e) -> end());
    }
  }

  /** Ends the input, and waits a moment until the last of it was sent. */
  void finish() {
    end();
    Thread thread;
    synchronized (this) {
      thread = sender;
    }
    if (thread != null) {
      try {
        thread.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    end();
  }
}
