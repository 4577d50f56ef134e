package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Works out digests while the next bytes are being read: SHA-256 is the slowest part of reading an
 * archive. One file at a time; a megabyte is on its way at most.
 */
final class HashingThread implements AutoCloseable {
  private static final int BUFFERS = 4;

  /** Handing on a small one takes as long as digesting it. */
  private static final int BUFFER = 4 * Digests.BUFFER;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread daemon = new Thread(work, "chromabackup-hashing");
            daemon.setDaemon(true);
            return daemon;
          });

  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BUFFERS);
  private int made;
  private byte[] buffer = new byte[0];
  private int filled;

  /** A digest that is worked out there. */
  final class Digest {
    private final MessageDigest digest = Digests.sha256();

    /** Begins; what another has not passed on yet is forgotten. */
    Digest() {
      filled = 0;
    }

    /** Takes bytes, which the caller may use again at once. */
    void update(byte[] bytes, int offset, int length) throws IOException {
      for (int from = offset, left = length; left > 0; ) {
        if (filled == buffer.length) {
          passOn();
          buffer = buffer();
        }
        int count = Math.min(left, buffer.length - filled);
        System.arraycopy(bytes, from, buffer, filled, count);
        filled += count;
        from += count;
        left -= count;
      }
    }

    private void passOn() {
      if (filled > 0) {
        byte[] full = buffer;
        int length = filled;
        buffer = new byte[0];
        filled = 0;
        thread.execute(
            () -> {
              digest.update(full, 0, length);
              free.add(full);
            });
      }
    }

    /** Of all that was taken, in hexadecimal; waits for it. */
    String hex() throws IOException {
      Interruption.check();
      passOn();
      return await(thread.submit(() -> Digests.hex(digest)));
    }
  }

  private byte[] buffer() throws IOException {
    if (free.isEmpty() && made < BUFFERS) {
      made++;
      return new byte[BUFFER];
    }
    try {
      return free.take();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static String await(Future<String> digest) throws IOException {
    try {
      return Interruption.await(digest);
    } catch (ExecutionException e) {
      throw new IllegalStateException("hashing failed", e.getCause());
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
