package io.chromabackup.gzip;

/** A part of the input that is coded by one thread, with what was before it, and its coded form. */
final class Block {
  static final int SIZE = 256 << 10;

  /** How far deflate looks back. */
  static final int HISTORY = 32 << 10;

  final byte[] input = new byte[HISTORY + SIZE];

  /** Where the history begins; the block itself begins at {@link #HISTORY}. */
  int historyStart = HISTORY;

  int length;
  final byte[] output = new byte[SIZE + (SIZE >>> 6) + 64];
  int outputLength;

  boolean isFull() {
    return length == SIZE;
  }

  /** Takes as much as it has room for; returns how much. */
  int fill(byte[] bytes, int offset, int most) {
    int taken = Math.min(most, SIZE - length);
    System.arraycopy(bytes, offset, input, HISTORY + length, taken);
    length += taken;
    return taken;
  }

  /** Begins with the end of another, which is full, as its history. */
  void beginAfter(Block before) {
    System.arraycopy(before.input, before.length, input, 0, HISTORY);
    historyStart = 0;
    length = 0;
  }
}
