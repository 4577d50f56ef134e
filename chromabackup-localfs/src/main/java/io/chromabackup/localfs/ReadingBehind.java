package io.chromabackup.localfs;

import io.chromabackup.ContentCheck;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PortionedInputStream;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a file read back, in a thread of its own, while more of it is being written: as far as it is
 * on the disk, and no further.
 */
final class ReadingBehind implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(ReadingBehind.class);
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final FutureTask<Void> reading;
  private long lasting;
  private boolean complete;
  private boolean closed;

  /** Begins. */
  ReadingBehind(Path file, ContentCheck check) {
    this.file = file;
    this.reading = Interruption.beside("chromabackup-reading-back", () -> read(check));
  }

  private void read(ContentCheck check) throws IOException {
    try (InputStream in = new BufferedInputStream(new Lasting(), BUFFER)) {
      check.readFrom(in);
    }
    Interruption.check(); // a check that was interrupted may say so by this thread's flag alone
  }

  /** From now on so many bytes are on the disk, and can be read. */
  synchronized void lasts(long bytes) {
    lasting = bytes;
    notifyAll();
  }

  /**
   * That is all there is: waits until it was read.
   *
   * @throws IOException what the check throws, unchanged
   */
  void finish() throws IOException {
    synchronized (this) {
      complete = true;
      notifyAll();
    }
    try {
      Interruption.await(reading);
    } catch (ExecutionException e) {
      throw Interruption.rethrown(e);
    }
  }

  /** Ends the reading, if it has not ended: after this nobody has the file open here. */
  @Override
  public void close() {
    boolean failedFirst;
    synchronized (this) {
      failedFirst = reading.isDone() && !complete; // which whoever writes has not been told
      closed = true;
      notifyAll();
    }
    try {
      Interruption.awaitEnd(reading);
    } catch (IOException | RuntimeException | Error e) {
      if (failedFirst) {
        log.warn("what was written so far was not read back as it was: {}", e.toString());
      }
    }
  }

  /** Returns how much lasts, once that is more than was read; the same at the end. */
  private synchronized long awaitMoreThan(long read) throws IOException {
    awaitUntil(() -> lasting > read || complete);
    return lasting;
  }

  private synchronized void awaitCompletion() throws IOException {
    awaitUntil(() -> complete);
  }

  private synchronized boolean isComplete() {
    return complete;
  }

  private synchronized void awaitUntil(BooleanSupplier condition) throws IOException {
    try {
      while (!closed && !condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    if (closed) {
      throw new IOException(file + " was given up before all of it was written");
    }
  }

  /**
   * The file as far as it lasts. Some file systems, such as mounts of object stores, show a file
   * only once its writer has closed it: there it is read then, which is when it is complete.
   */
  private final class Lasting extends PortionedInputStream {
    private @Nullable InputStream in;
    private long read;

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      long left = awaitMoreThan(read) - read;
      if (left == 0) {
        return -1;
      }
      int count = readShown(buffer, offset, (int) Math.min(length, left));
      read += Math.max(count, 0);
      return count;
    }

    private int readShown(byte[] buffer, int offset, int length) throws IOException {
      boolean all = isComplete();
      try {
        int count = open().read(buffer, offset, length);
        if (count > 0 || all) {
          return count;
        }
      } catch (IOException e) {
        if (all) {
          throw e;
        }
        log.info("{} is read back once it is closed: {}", file, e.toString());
      }
      close();
      awaitCompletion();
      return open().read(buffer, offset, length);
    }

    private InputStream open() throws IOException {
      if (in == null) {
        in = Files.newInputStream(file);
        in.skipNBytes(read);
      }
      return in;
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
        in = null;
      }
    }
  }
}
