package io.chromabackup.gzip;

import java.util.Arrays;

/**
 * A prefix code (RFC 1951, 3.2.2): the more frequent a symbol, the fewer bits it takes.
 *
 * @param lengths for each symbol how many bits; 0 if it does not occur
 * @param codes for each symbol its bits, in the order of writing, above four that are their number
 */
@SuppressWarnings("ArrayRecordComponent") // a code is looked up for each byte; it is never compared
record PrefixCode(int[] lengths, int[] codes) {
  private static final int LONGEST = 15;

  /** Symbols fit into nine bits of the keys that are sorted. */
  private static final int SYMBOL_BITS = 9;

  /** The best code for symbols that are as frequent as these. */
  static PrefixCode of(int[] counts) {
    int[] weights = counts.clone();
    int[] lengths = lengths(weights);
    while (Arrays.stream(lengths).max().orElse(0) > LONGEST) {
      for (int symbol = 0; symbol < weights.length; symbol++) {
        weights[symbol] = (weights[symbol] + 1) >>> 1; // flatter, so that no code is too long
      }
      lengths = lengths(weights);
    }
    return new PrefixCode(lengths, codes(lengths));
  }

  /** By Huffman's method: the two rarest are joined until there is one. */
  private static int[] lengths(int[] weights) {
    long[] leaves = sorted(weights);
    int[] lengths = new int[weights.length];
    int count = leaves.length;
    if (count < 2) {
      for (long leaf : leaves) {
        lengths[symbol(leaf)] = 1; // a code of no bits cannot be written
      }
      return lengths;
    }
    int[] parents = join(leaves);
    int[] depths = new int[2 * count - 1];
    for (int node = 2 * count - 3; node >= 0; node--) {
      depths[node] = depths[parents[node]] + 1;
      if (node < count) {
        lengths[symbol(leaves[node])] = depths[node];
      }
    }
    return lengths;
  }

  private static long[] sorted(int[] weights) {
    long[] leaves = new long[weights.length];
    int count = 0;
    for (int symbol = 0; symbol < weights.length; symbol++) {
      if (weights[symbol] > 0) {
        leaves[count++] = ((long) weights[symbol] << SYMBOL_BITS) | symbol;
      }
    }
    long[] sorted = Arrays.copyOf(leaves, count);
    Arrays.sort(sorted);
    return sorted;
  }

  private static int symbol(long leaf) {
    return (int) leaf & ((1 << SYMBOL_BITS) - 1);
  }

  /** The parent of each node; leaves come first, then what was joined, which is sorted too. */
  private static int[] join(long[] leaves) {
    int count = leaves.length;
    long[] weights = new long[2 * count - 1];
    for (int leaf = 0; leaf < count; leaf++) {
      weights[leaf] = leaves[leaf] >>> SYMBOL_BITS;
    }
    int[] parents = new int[2 * count - 1];
    int leaf = 0;
    int joined = count;
    for (int next = count; next < 2 * count - 1; next++) {
      for (int child = 0; child < 2; child++) {
        boolean takesLeaf = leaf < count && (joined == next || weights[leaf] <= weights[joined]);
        int rarest = takesLeaf ? leaf++ : joined++;
        parents[rarest] = next;
        weights[next] += weights[rarest];
      }
    }
    return parents;
  }

  /** By length, and within it by symbol. */
  private static int[] codes(int[] lengths) {
    int[] next = new int[LONGEST + 2];
    for (int length : lengths) {
      if (length > 0) {
        next[length + 1]++;
      }
    }
    for (int length = 1; length <= LONGEST; length++) {
      next[length + 1] = (next[length + 1] + next[length]) << 1;
    }
    int[] codes = new int[lengths.length];
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      int length = lengths[symbol];
      if (length > 0) {
        int reversed = Integer.reverse(next[length]++) >>> (Integer.SIZE - length);
        codes[symbol] = (reversed << 4) | length;
      }
    }
    return codes;
  }

  /** How many symbols there are up to the last that occurs, but not fewer than {@code least}. */
  int size(int least) {
    int size = lengths.length;
    while (size > least && lengths[size - 1] == 0) {
      size--;
    }
    return size;
  }

  /** How many bits these take. */
  long bits(int[] counts) {
    long bits = 0;
    for (int symbol = 0; symbol < counts.length; symbol++) {
      bits += (long) counts[symbol] * lengths[symbol];
    }
    return bits;
  }
}
