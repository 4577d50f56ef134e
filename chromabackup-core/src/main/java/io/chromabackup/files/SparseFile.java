package io.chromabackup.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Writes files in which long runs of zeros take no room, where the file system knows how. What
 * comes out of a file goes there by the kernel.
 */
public final class SparseFile {
  /** So many zeros, at a multiple of their number, are a hole. */
  static final int HOLE = 1 << 16;

  /** Small enough to be interrupted, and to show how it goes on. */
  private static final int PIECE = 1 << 20;

  /** Below this, nobody minds whether a file has holes. */
  private static final long LARGE = 64L << 20;

  private static final int SAMPLES = 256;
  private static final int SAMPLE = 4096;

  private static final byte[] ZEROS = new byte[HOLE];

  private SparseFile() {}

  /**
   * Writes all of the content to a file, over what is in it. That is not cut off before: to give up
   * the room of a large file takes as long as to fill it.
   *
   * @param target the file, at its beginning
   * @param content is read to its end
   * @return how many bytes were written; the others are holes
   * @throws IOException if reading or writing fails
   * @throws java.io.InterruptedIOException if the thread is interrupted; its flag is set
   */
  public static long write(FileChannel target, InputStream content) throws IOException {
    byte[] buffer = new byte[HOLE];
    long before = target.size();
    long written = 0;
    long size = 0;
    boolean endsInHole = false;
    while (true) {
      Interruption.check();
      long copied = copy(content, target);
      if (copied > 0) {
        written += copied;
        size += copied;
        endsInHole = false;
        continue;
      }
      int n = content.readNBytes(buffer, 0, HOLE);
      if (n == 0) {
        break;
      }
      endsInHole = n == HOLE && isEmpty(buffer, n);
      size += n;
      if (endsInHole) {
        before = cutOff(target, before, size - n);
        target.position(size);
      } else {
        writeFully(target, ByteBuffer.wrap(buffer, 0, n));
        written += n;
      }
    }
    cutOff(target, before, size);
    if (endsInHole) {
      target.position(size - 1);
      writeFully(target, ByteBuffer.wrap(ZEROS, 0, 1));
    }
    return written;
  }

  /** Returns how much is left of what was there before. */
  private static long cutOff(FileChannel target, long before, long size) throws IOException {
    if (before > size) {
      target.truncate(size);
    }
    return Math.min(before, size);
  }

  /**
   * How many bytes a copy of a file takes, roughly. A large file is looked at here and there: if
   * most of that is zeros, the file is believed to have long runs of them.
   *
   * @param file the file
   * @param size its size
   * @return at most {@code size}
   * @throws IOException if it cannot be read
   */
  public static long estimate(Path file, long size) throws IOException {
    if (size < LARGE) {
      return size;
    }
    ByteBuffer sample = ByteBuffer.allocate(SAMPLE);
    long full = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int i = 0; i < SAMPLES; i++) {
        sample.clear();
        int n = channel.read(sample, (size - SAMPLE) / (SAMPLES - 1) * i);
        full += isEmpty(sample.array(), Math.max(n, 0)) ? 0 : 1;
      }
    }
    boolean isSparse = full < SAMPLES / 2;
    return isSparse ? Math.min(size, size / SAMPLES * full + LARGE) : size;
  }

  private static void writeFully(FileChannel target, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      target.write(bytes);
    }
  }

  static boolean isEmpty(byte[] bytes, int length) {
    return Arrays.equals(bytes, 0, length, ZEROS, 0, length);
  }

  /** A piece of a file, by the kernel; 0 if it cannot be had so. */
  private static long copy(InputStream content, FileChannel target) throws IOException {
    if (content instanceof FileContent file) {
      return file.copyTo(target, PIECE);
    }
    if (content instanceof PassingContent passing) {
      long copied = copy(passing.content(), target);
      if (copied > 0) {
        passing.passed(copied);
      }
      return copied;
    }
    return 0;
  }

  /**
   * Moves the file that the content is of, if it is {@linkplain FileContent#given given away}.
   *
   * @param content the content, not read yet
   * @param target where to; what is there is replaced
   * @return how many bytes it has; -1 if it is not given away
   * @throws IOException if moving fails
   */
  public static long move(InputStream content, Path target) throws IOException {
    if (content instanceof FileContent file) {
      return file.moveTo(target) ? file.size() : -1;
    }
    if (content instanceof PassingContent passing) {
      long moved = move(passing.content(), target);
      if (moved > 0) {
        passing.passed(moved);
      }
      return moved;
    }
    return -1;
  }
}
