package io.chromabackup.trial;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Bytes that are always the same for a length, written in pieces of every kind. */
record Noise(long length) {
  private static final int BLOCK = 8192;

  void writeTo(OutputStream out) throws IOException {
    Random random = new Random(length);
    byte[] block = new byte[BLOCK];
    long left = length;
    for (int round = 0; left > 0; round++) {
      random.nextBytes(block);
      int count = (int) Math.min(BLOCK, left);
      write(block, count, round, out);
      Arrays.fill(block, (byte) 0); // a stream that kept the array would see it
      left -= count;
    }
  }

  private static void write(byte[] block, int count, int round, OutputStream out)
      throws IOException {
    int start = 0;
    if (round % 64 == 0) {
      out.write(block[0]);
      start = 1;
    }
    int half = (count - start) / 2;
    out.write(block, start, half);
    out.write(block, start + half, count - start - half);
    if (round % 64 == 1) {
      out.flush();
    }
  }

  /** Reads all; returns null if it is the same, else what is not. */
  @Nullable String differenceOf(InputStream in) throws IOException {
    Random random = new Random(length);
    byte[] expected = new byte[BLOCK];
    long done = 0;
    while (done < length) {
      random.nextBytes(expected);
      int count = (int) Math.min(BLOCK, length - done);
      byte[] read = in.readNBytes(count);
      int differs = Arrays.mismatch(expected, 0, read.length, read, 0, read.length);
      if (differs >= 0) {
        return "byte " + (done + differs) + " is another";
      }
      if (read.length < count) {
        return (done + read.length) + " are read";
      }
      done += count;
    }
    return in.read() < 0 ? null : "more are read";
  }
}
