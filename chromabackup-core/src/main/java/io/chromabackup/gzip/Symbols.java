package io.chromabackup.gzip;

/** How deflate writes the length and the distance of a repetition (RFC 1951, 3.2.5). */
final class Symbols {
  /** Literals, the end of a block, and lengths. */
  static final int LITERALS_AND_LENGTHS = 286;

  static final int DISTANCES = 30;
  static final int END = 256;
  static final int LONGEST = 258;

  private static final int FIRST_LENGTH = 257;
  private static final int SHORTEST = 3;

  private static final byte[] LENGTH_SYMBOLS = new byte[LONGEST + 1];
  private static final int[] LENGTH_BASES = new int[LITERALS_AND_LENGTHS - FIRST_LENGTH];

  static {
    int length = SHORTEST;
    for (int symbol = 0; symbol < LENGTH_BASES.length; symbol++) {
      LENGTH_BASES[symbol] = length;
      int end = Math.min(length + (1 << lengthBits(symbol)), LONGEST + 1);
      for (; length < end; length++) {
        LENGTH_SYMBOLS[length] = (byte) symbol;
      }
    }
    LENGTH_BASES[LENGTH_BASES.length - 1] = LONGEST; // the longest has a symbol of its own
    LENGTH_SYMBOLS[LONGEST] = (byte) (LENGTH_BASES.length - 1);
  }

  private Symbols() {}

  private static int lengthBits(int symbol) {
    return symbol < 8 || symbol == 28 ? 0 : (symbol >>> 2) - 1;
  }

  static int ofLength(int length) {
    return FIRST_LENGTH + LENGTH_SYMBOLS[length];
  }

  /** How many bits follow the symbol of a length. */
  static int bitsOfLength(int length) {
    return lengthBits(LENGTH_SYMBOLS[length]);
  }

  /** What they say. */
  static int restOfLength(int length) {
    return length - LENGTH_BASES[LENGTH_SYMBOLS[length]];
  }

  static int ofDistance(int distance) {
    int bits = bitsOfDistance(distance);
    return bits == 0 ? distance - 1 : 2 * bits + ((distance - 1) >>> bits);
  }

  /** How many bits follow the symbol of a distance. */
  static int bitsOfDistance(int distance) {
    return Math.max(0, 30 - Integer.numberOfLeadingZeros(distance - 1));
  }

  /** What they say. */
  static int restOfDistance(int distance) {
    return (distance - 1) & ((1 << bitsOfDistance(distance)) - 1);
  }
}
