package io.chromabackup.gzip;

/**
 * How long a block is in its coded form, in bytes, in front of it: so blocks can be decoded by
 * several threads.
 *
 * <p>It is written in blocks of deflate that hold nothing. A stored block begins with three bits,
 * and is filled up to a byte with bits that every reader ignores (RFC 1951, 3.2.4): five bits of
 * the length.
 */
final class LengthMark {
  static final int BYTES = 4 * 5;

  private static final int EMPTY_BLOCK = 5;
  private static final int HEADER_BITS = 3;
  private static final int HIDDEN_BITS = 5;

  private LengthMark() {}

  static void write(int length, byte[] target) {
    int rest = length;
    for (int at = 0; at < BYTES; at += EMPTY_BLOCK) {
      target[at] = (byte) (rest << HEADER_BITS);
      target[at + 1] = 0;
      target[at + 2] = 0;
      target[at + 3] = (byte) 0xff;
      target[at + 4] = (byte) 0xff;
      rest >>>= HIDDEN_BITS;
    }
  }

  /** The length that is marked there; -1 if there is no mark. */
  static int read(byte[] bytes, int offset) {
    int length = 0;
    for (int at = BYTES - EMPTY_BLOCK; at >= 0; at -= EMPTY_BLOCK) {
      int from = offset + at;
      int first = bytes[from] & 0xff;
      boolean isEmptyBlock =
          (first & ((1 << HEADER_BITS) - 1)) == 0
              && bytes[from + 1] == 0
              && bytes[from + 2] == 0
              && bytes[from + 3] == -1
              && bytes[from + 4] == -1;
      if (!isEmptyBlock) {
        return -1;
      }
      length = (length << HIDDEN_BITS) | (first >>> HEADER_BITS);
    }
    return length;
  }
}
