package io.chromabackup.gzip;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link AdaptiveGzipOutputStream} wrote, and nothing else, on several threads. All of
 * it must be as written: its checksum and length are compared, and nothing may follow. After a
 * failure every further read fails in the same way.
 *
 * <p>Memory: 0.5 MB for each of three blocks a thread, fewer in the beginning. Not for use by
 * several threads at once; {@code in} is read by the thread that reads this.
 */
public final class AdaptiveGzipInputStream extends InputStream {
  /** How many bytes at its beginning tell such a file from others. */
  public static final int BEGINNING = AdaptiveGzipOutputStream.HEADER.length + LengthMark.BYTES;

  private static final int END = AdaptiveGzipOutputStream.LAST_BLOCK.length;
  private static final int TRAILER = 8;

  private final InputStream in;
  private final int most;
  private final ExecutorService threads;
  private final Deque<Decoder> idle = new ArrayDeque<>();
  private final Deque<Future<Decoder>> decoding = new ArrayDeque<>();
  private final CRC32 checksum = new CRC32();
  private final byte[] trailer = new byte[TRAILER];
  private long size;
  private int ahead = 1;
  private boolean allRead;
  private @Nullable Decoder current;
  private int position;

  /** What reading failed by: what was read ahead is lost, and it cannot go on. */
  private @Nullable IOException failure;

  /**
   * Begins to read.
   *
   * @param in a file that {@link #isAdaptive} recognises, at its beginning; closed with this
   * @param threads how many decode blocks, 1 or more
   * @throws IOException if reading fails
   */
  public AdaptiveGzipInputStream(InputStream in, int threads) throws IOException {
    this.in = in;
    this.most = 2 * threads;
    this.threads = Executors.newFixedThreadPool(threads, daemons());
    in.skipNBytes(AdaptiveGzipOutputStream.HEADER.length);
  }

  private static ThreadFactory daemons() {
    return work -> {
      Thread thread = new Thread(work, "chromabackup-gunzip");
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Tells such a file from others.
   *
   * @param beginning its first {@link #BEGINNING} bytes, or all if it has fewer
   * @return true if this reads it, unless it is damaged
   */
  public static boolean isAdaptive(byte[] beginning) {
    byte[] header = AdaptiveGzipOutputStream.HEADER;
    return beginning.length >= BEGINNING
        && Arrays.equals(beginning, 0, header.length, header, 0, header.length)
        && LengthMark.read(beginning, header.length) >= 0;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    while (current == null || position == current.length) {
      if (!next()) {
        return -1;
      }
    }
    int count = Math.min(length, current.length - position);
    System.arraycopy(current.output, position, target, offset, count);
    position += count;
    return count;
  }

  /** Takes the next block; false at the end. */
  private boolean next() throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      return takeNext();
    } catch (IOException e) {
      failure = e;
      throw e;
    } catch (RuntimeException | Error e) {
      failure = new IOException("reading it has failed before: " + e, e);
      throw e;
    }
  }

  private boolean takeNext() throws IOException {
    if (current != null) {
      idle.add(current);
      current = null;
    }
    while (!allRead && decoding.size() < ahead) {
      readBlock();
    }
    if (decoding.isEmpty()) {
      compare();
      return false;
    }
    Decoder decoded = await(decoding.remove());
    ahead = Math.min(ahead + 1, most);
    checksum.update(decoded.output, 0, decoded.length);
    size += decoded.length;
    current = decoded;
    position = 0;
    return true;
  }

  private void readBlock() throws IOException {
    byte[] mark = new byte[LengthMark.BYTES];
    readFully(mark, 0, END);
    if (Arrays.equals(mark, 0, END, AdaptiveGzipOutputStream.LAST_BLOCK, 0, END)) {
      readFully(trailer, 0, TRAILER);
      if (in.read() >= 0) {
        throw new IOException("there is something behind its end");
      }
      allRead = true;
      return;
    }
    readFully(mark, END, LengthMark.BYTES - END);
    int length = LengthMark.read(mark, 0);
    if (length < 0 || length > Block.LONGEST_CODED) {
      throw new IOException("a block of it does not begin as it should");
    }
    Decoder decoder = idle.isEmpty() ? new Decoder() : idle.remove();
    readFully(decoder.input, 0, length);
    decoding.add(
        threads.submit(
            () -> {
              decoder.decode(length);
              return decoder;
            }));
  }

  private void readFully(byte[] target, int offset, int length) throws IOException {
    if (in.readNBytes(target, offset, length) < length) {
      throw new EOFException("it is cut short");
    }
  }

  private static Decoder await(Future<Decoder> decoding) throws IOException {
    if (Thread.currentThread().isInterrupted()) { // also where there is nothing to wait for
      throw new InterruptedIOException("interrupted");
    }
    try {
      return decoding.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      String problem =
          e.getCause() instanceof DataFormatException ? e.getCause().getMessage() : e.toString();
      throw new IOException("a block of it cannot be decoded: " + problem, e.getCause());
    }
  }

  private void compare() throws IOException {
    if (number(0) != (int) checksum.getValue()) {
      throw new IOException("its content does not have the checksum that it was written with");
    }
    if (number(Integer.BYTES) != (int) size) {
      throw new IOException("its content does not have the length that it was written with");
    }
  }

  private int number(int offset) {
    int number = 0;
    for (int i = Integer.BYTES - 1; i >= 0; i--) {
      number = (number << 8) | (trailer[offset + i] & 0xff);
    }
    return number;
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    if (failure == null) {
      failure = new IOException("the stream is closed");
    }
    if (current != null) {
      idle.add(current);
      current = null;
    }
    idle.forEach(Decoder::end); // others may be at work; those end when nobody knows them any more
    idle.clear();
    in.close();
  }
}
