package io.chromabackup.gzip;

/**
 * Codes a block, piece by piece, each in the way that pays: stored, byte by byte, or with its
 * repetitions. Embeddings are noise, in which nothing repeats; the tables of SQLite are not.
 *
 * <p>A code of single bytes takes embeddings' readers as long as text takes them, and saves a tenth
 * at most. So every second piece of them is stored: half the time for half of the gain.
 */
final class Coder {
  /** What has one code. */
  static final int PIECE = 32 << 10;

  /** A code that saves less than so many percent is not worth the time of whoever reads it. */
  private static final long LEAST_GAIN = 3;

  /** Vectors save less than so many percent, and text and tables more. */
  private static final long GOOD_GAIN = 12;

  private static final int STORED = 0;
  private static final int OWN_CODE = 2;
  private static final int HEADER_BITS = 3 + 5 + 5 + 4 + 19 * 3;

  private final Matches matches = new Matches();
  private final Tokens tokens = new Tokens();
  private final BitSink out = new BitSink();

  /**
   * Whether the piece before was coded though that saved little: of such, every second is stored.
   */
  private boolean wasOfLittleGain;

  void code(Block block) {
    wasOfLittleGain = false;
    out.begin(block.output);
    matches.begin(block.input);
    int end = block.length;
    for (int from = 0; from < end; from += PIECE) {
      codePiece(block.input, from, Math.min(from + PIECE, end));
    }
    store(block.input, end, 0); // and so the next block begins with a byte
    block.outputLength = out.size();
  }

  private void codePiece(byte[] input, int from, int to) {
    tokens.clear();
    matches.find(from, to, tokens);
    PrefixCode literals = PrefixCode.of(tokens.literalCounts);
    PrefixCode distances = PrefixCode.of(tokens.distanceCounts);
    long bits =
        HEADER_BITS
            + 4L * (literals.size(Symbols.END + 1) + distances.size(1))
            + literals.bits(tokens.literalCounts)
            + distances.bits(tokens.distanceCounts)
            + tokens.extraBits;
    long saved = 100 - bits * 100 / ((to - from) * 8L);
    boolean isWorthIt = saved >= (wasOfLittleGain ? GOOD_GAIN : LEAST_GAIN);
    wasOfLittleGain = isWorthIt && saved < GOOD_GAIN;
    if (isWorthIt) {
      putCodes(literals, distances);
      putTokens(input, from, to, literals.codes(), distances.codes());
    } else {
      store(input, from, to - from);
    }
  }

  /** RFC 1951, 3.2.4. */
  private void store(byte[] input, int from, int length) {
    out.put(STORED << 1, 3);
    out.align();
    out.put(length | ((~length & 0xffffL) << 16), 32);
    out.putAligned(input, from, length);
  }

  /**
   * RFC 1951, 3.2.7. The lengths of the codes could be coded themselves; with four bits for each
   * there is no more to it.
   */
  private void putCodes(PrefixCode literals, PrefixCode distances) {
    out.put(OWN_CODE << 1, 3);
    out.put(literals.size(Symbols.END + 1) - 257, 5);
    out.put(distances.size(1) - 1, 5);
    out.put(19 - 4, 4);
    out.put(0, 9); // nothing is said of symbols 16 to 18, by which lengths would be repeated
    for (int length = 0; length <= 15; length++) {
      out.put(4, 3);
    }
    putLengths(literals, Symbols.END + 1);
    putLengths(distances, 1);
  }

  private void putLengths(PrefixCode code, int least) {
    for (int symbol = 0; symbol < code.size(least); symbol++) {
      out.put(Integer.reverse(code.lengths()[symbol]) >>> (Integer.SIZE - 4), 4);
    }
  }

  private void putTokens(byte[] input, int from, int to, int[] literals, int[] distances) {
    int at = from;
    for (int token = 0; token < tokens.count; token++) {
      int run = tokens.runs[token];
      out.put(input, at, at + run, literals);
      putRepetition(tokens.lengths[token], tokens.distances[token], literals, distances);
      at += run + tokens.lengths[token];
    }
    out.put(input, at, to, literals);
    out.put(literals[Symbols.END]);
  }

  private void putRepetition(int length, int distance, int[] literals, int[] distances) {
    int code = literals[Symbols.ofLength(length)];
    long bits = (long) code >>> 4;
    int count = code & 15;
    bits |= (long) Symbols.restOfLength(length) << count;
    count += Symbols.bitsOfLength(length);
    code = distances[Symbols.ofDistance(distance)];
    bits |= (long) (code >>> 4) << count;
    count += code & 15;
    bits |= (long) Symbols.restOfDistance(distance) << count;
    count += Symbols.bitsOfDistance(distance);
    out.put(bits, count);
  }
}
