package io.chromabackup.chroma;

/**
 * Tells whether two sets of pairs are the same without keeping them: each pair is hashed, and the
 * sum of hashes does not depend on the order. That different sets have the same sum by accident is
 * as likely as guessing 64 bits.
 */
final class PairSum {
  private long count;
  private long sum;

  void add(String id, long label) {
    long hash = mix(label);
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
    }
    count++;
    sum += mix(hash);
  }

  /** The finalizer of MurmurHash3: every bit of the input changes half of the output's. */
  private static long mix(long hash) {
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }

  long count() {
    return count;
  }

  long value() {
    return sum;
  }

  boolean isSameAs(PairSum other) {
    return count == other.count && sum == other.value();
  }
}
