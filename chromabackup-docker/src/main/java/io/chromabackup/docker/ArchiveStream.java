package io.chromabackup.docker;

import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What an engine streams. It fails if nothing comes for long; closing it before its end breaks it
 * off at once, where the transport by itself would read all that is left.
 */
final class ArchiveStream extends FilterInputStream {
  private final Response response;
  private final Duration stall;
  private final ScheduledFuture<?> watch;
  private volatile long lastByte = System.nanoTime();
  private volatile boolean reading;
  private volatile boolean stalled;
  private boolean ended;

  ArchiveStream(Response response, Duration stall, ScheduledThreadPoolExecutor timer) {
    super(response.getBody());
    this.response = response;
    this.stall = stall;
    long beat = Math.max(50, stall.toMillis() / 4);
    this.watch = timer.scheduleWithFixedDelay(this::look, beat, beat, TimeUnit.MILLISECONDS);
  }

  /** Only the engine is watched, and not how fast the reader writes on what it read. */
  private void look() {
    if (reading && System.nanoTime() - lastByte > stall.toNanos()) {
      stalled = true;
      response.close();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    lastByte = System.nanoTime();
    reading = true;
    try {
      int n = in.read(buffer, offset, length);
      ended |= n < 0;
      if (stalled) {
        throw new IOException("closed");
      }
      return n;
    } catch (IOException | RuntimeException e) {
      throw translated(e);
    } finally {
      reading = false;
    }
  }

  private IOException translated(Exception e) {
    if (stalled) {
      return new IOException(
          "the engine sent nothing for " + stall.toSeconds() + " s, the transfer was broken off",
          e);
    }
    if (Thread.currentThread().isInterrupted()) {
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      return interrupted;
    }
    return e instanceof IOException io ? io : new IOException("the transfer broke off: " + e, e);
  }

  @Override
  public long skip(long n) throws IOException {
    return n <= 0 ? 0 : skipped(n);
  }

  private long skipped(long n) throws IOException {
    byte[] buffer = new byte[(int) Math.min(n, 1 << 16)];
    int read = read(buffer, 0, buffer.length);
    return Math.max(0, read);
  }

  @Override
  public void close() throws IOException {
    watch.cancel(false);
    if (!ended) {
      response.close(); // before the stream: that is what breaks it off
    }
    try {
      in.close();
    } catch (IOException | RuntimeException e) {
      if (ended) {
        throw translated(e);
      }
    } finally {
      response.close();
    }
  }
}
