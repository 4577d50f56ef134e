package io.chromabackup.gzip;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.zip.CRC32;

/**
 * Writes one member of gzip, which every tool reads. Each block is stored, coded byte by byte, or
 * searched for repetitions, whichever pays, on several threads, so that {@link
 * AdaptiveGzipInputStream} can read it on several threads. The same input gives the same output,
 * whatever their number.
 *
 * <p>Memory: 0.5 MB for each of three blocks a thread. Not for use by several threads at once.
 */
public final class AdaptiveGzipOutputStream extends OutputStream {
  /** Deflate, no name, no time, of no system in particular (RFC 1952, 2.3). */
  static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  /** An empty block that says it is the last. */
  static final byte[] LAST_BLOCK = {3, 0};

  private final OutputStream out;
  private final int most;
  private final ExecutorService threads;
  private final Deque<Coder> idle = new ArrayDeque<>();
  private final Deque<Block> free = new ArrayDeque<>();
  private final Deque<Coding> coding = new ArrayDeque<>();
  private final byte[] mark = new byte[LengthMark.BYTES];
  private final CRC32 checksum = new CRC32();
  private long size;
  private Block current = new Block();
  private boolean closed;

  private record Coding(Block block, Future<?> done) {}

  /**
   * Begins a file.
   *
   * @param out where it is written; closed with this
   * @param threads how many code blocks, 1 or more
   * @throws IOException if writing fails
   */
  public AdaptiveGzipOutputStream(OutputStream out, int threads) throws IOException {
    this.out = out;
    this.most = 2 * threads;
    this.threads = Executors.newFixedThreadPool(threads, daemons());
    out.write(HEADER);
  }

  private static ThreadFactory daemons() {
    return work -> {
      Thread thread = new Thread(work, "chromabackup-gzip");
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (closed) {
      throw new IOException("the stream is closed");
    }
    checksum.update(bytes, offset, length);
    size += length;
    int from = offset;
    for (int left = length; left > 0; ) {
      int taken = current.fill(bytes, from, left);
      from += taken;
      left -= taken;
      if (current.isFull()) {
        Block full = current;
        current = free.isEmpty() ? new Block() : free.remove();
        current.length = 0;
        code(full);
      }
    }
  }

  private void code(Block block) throws IOException {
    coding.add(new Coding(block, threads.submit(() -> code1(block))));
    while (coding.size() > most) {
      writeFirst();
    }
  }

  private void code1(Block block) {
    Coder coder;
    synchronized (idle) {
      coder = idle.isEmpty() ? new Coder() : idle.remove();
    }
    coder.code(block);
    synchronized (idle) {
      idle.add(coder);
    }
  }

  private void writeFirst() throws IOException {
    Coding first = coding.remove();
    await(first.done);
    LengthMark.write(first.block.outputLength, mark);
    out.write(mark);
    out.write(first.block.output, 0, first.block.outputLength);
    free.add(first.block);
  }

  private static void await(Future<?> done) throws IOException {
    try {
      done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IOException("compressing failed", e.getCause());
    }
  }

  /** Does nothing: what is smaller than a block is kept until the end. */
  @Override
  public void flush() {}

  /** Writes the end, and closes what is written to. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (OutputStream toClose = out) {
      if (current.length > 0) {
        code(current);
      }
      while (!coding.isEmpty()) {
        writeFirst();
      }
      toClose.write(LAST_BLOCK);
      writeNumber((int) checksum.getValue());
      writeNumber((int) size);
      toClose.flush();
    } finally {
      threads.shutdownNow();
    }
  }

  private void writeNumber(int number) throws IOException {
    for (int shift = 0; shift < Integer.SIZE; shift += 8) {
      out.write(number >>> shift);
    }
  }
}
