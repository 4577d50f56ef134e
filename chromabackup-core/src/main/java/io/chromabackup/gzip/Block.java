package io.chromabackup.gzip;

/**
 * A part of the input that is coded by one thread, without regard to others, and its coded form.
 */
final class Block {
  static final int SIZE = 256 << 10;

  /** Stored pieces are a little longer than they were. */
  static final int LONGEST_CODED = SIZE + (SIZE >>> 6) + 64;

  final byte[] input = new byte[SIZE];
  int length;
  final byte[] output = new byte[LONGEST_CODED];
  int outputLength;

  boolean isFull() {
    return length == SIZE;
  }

  /** Takes as much as it has room for; returns how much. */
  int fill(byte[] bytes, int offset, int most) {
    int taken = Math.min(most, SIZE - length);
    System.arraycopy(bytes, offset, input, length, taken);
    length += taken;
    return taken;
  }
}
