package io.chromabackup;

import io.chromabackup.files.Interruption;
import io.chromabackup.files.PortionedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decodes in a thread of its own, while what was decoded before is digested and written. What is
 * stored is read by the thread that reads this, half a megabyte ahead at most; a megabyte is
 * decoded ahead. Not for use by several threads at once.
 */
final class DecodingThread extends PortionedInputStream {
  private static final int PORTIONS = 8;

  private final InputStream stored;
  private final Queue coded = new Queue(Digests.BUFFER);
  private final Queue decoded = new Queue(2 * Digests.BUFFER);
  private final FutureTask<Void> decoding;
  private boolean allRead;
  private boolean closed;

  /** What is being given to the reader. */
  private Portion current = new Portion(decoded.room(), 0);

  /**
   * Begins.
   *
   * @param stored closed with this
   * @param decoder is made, read and closed in that thread
   */
  DecodingThread(InputStream stored, Decoding decoder) {
    this.stored = stored;
    this.decoding =
        new FutureTask<>(
            () -> {
              decode(decoder);
              return null;
            }) {
          @Override
          protected void done() {
            wake();
          }
        };
    Thread thread = new Thread(decoding, "chromabackup-decoding");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    while (current.isUsedUp() && length > 0) {
      Portion next = next();
      if (next == null) {
        return -1;
      }
      current = next;
    }
    return current.give(buffer, offset, length);
  }

  /** Null at the end. A portion of what is stored is read each time, if there is room for it. */
  private @Nullable Portion next() throws IOException {
    Portion next;
    do {
      readPortion();
      next = awaitPortion();
    } while (next == null && !isAtEnd());
    return next;
  }

  private void readPortion() throws IOException {
    byte[] bytes;
    synchronized (this) {
      if (allRead || coded.isFull()) {
        return;
      }
      bytes = coded.room();
    }
    int length = stored.read(bytes, 0, bytes.length);
    synchronized (this) {
      if (length < 0) {
        allRead = true;
      } else {
        coded.full.add(new Portion(bytes, length));
      }
      notifyAll();
    }
  }

  /** Waits for something decoded; null if there is none, and more can be read, or no more comes. */
  private synchronized @Nullable Portion awaitPortion() throws InterruptedIOException {
    awaitUntil(() -> !decoded.full.isEmpty() || decoding.isDone() || !(allRead || coded.isFull()));
    if (!decoded.full.isEmpty()) {
      decoded.empty.add(current.bytes);
      notifyAll();
    }
    return decoded.full.poll();
  }

  private synchronized boolean isAtEnd() throws IOException {
    if (!decoding.isDone() || !decoded.full.isEmpty()) {
      return false;
    }
    try {
      Interruption.await(decoding);
      return true;
    } catch (ExecutionException e) {
      throw Interruption.rethrown(e);
    }
  }

  private void decode(Decoding decoder) throws IOException {
    try (InputStream in = decoder.of(new Coded())) {
      byte[] bytes = new byte[decoded.size];
      for (int n; (n = in.read(bytes, 0, bytes.length)) >= 0; ) {
        bytes = passOn(new Portion(bytes, n));
      }
    }
  }

  /** Returns room for the next. */
  private synchronized byte[] passOn(Portion portion) throws IOException {
    awaitUntil(() -> closed || !decoded.isFull());
    requireOpen();
    decoded.full.add(portion);
    notifyAll();
    return decoded.room();
  }

  /** What is stored, as the decoder reads it. */
  private final class Coded extends PortionedInputStream {
    private Portion current = new Portion(new byte[coded.size], 0);

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (current.isUsedUp()) {
        Portion next = take(current);
        if (next == null) {
          return -1;
        }
        current = next;
      }
      return current.give(buffer, offset, length);
    }
  }

  /** The next portion for the decoder, which is done with another; null at the end. */
  private synchronized @Nullable Portion take(Portion done) throws IOException {
    awaitUntil(() -> closed || allRead || !coded.full.isEmpty());
    requireOpen();
    if (!coded.full.isEmpty()) {
      coded.empty.add(done.bytes);
      notifyAll();
    }
    return coded.full.poll();
  }

  private synchronized void awaitUntil(BooleanSupplier condition) throws InterruptedIOException {
    try {
      while (!condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private synchronized void wake() {
    notifyAll();
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
  }

  /** Ends the decoding, at the latest when a portion of it is done. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    stored.close();
  }

  /** So many of these bytes. */
  private static final class Portion {
    private final byte[] bytes;
    private final int length;
    private int position;

    Portion(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }

    boolean isUsedUp() {
      return position == length;
    }

    /** Returns how many of the next bytes were given, none of which are again. */
    int give(byte[] buffer, int offset, int atMost) {
      int count = Math.min(atMost, length - position);
      System.arraycopy(bytes, position, buffer, offset, count);
      position += count;
      return count;
    }
  }

  /** From one thread to the other, a few portions of a size, whose room is used again. */
  private static final class Queue {
    private final int size;
    private final Deque<Portion> full = new ArrayDeque<>();
    private final Deque<byte[]> empty = new ArrayDeque<>();

    Queue(int size) {
      this.size = size;
    }

    boolean isFull() {
      return full.size() == PORTIONS;
    }

    byte[] room() {
      byte[] room = empty.poll();
      return room == null ? new byte[size] : room;
    }
  }
}
