package io.chromabackup.gzip;

import java.util.Arrays;

/** What a piece of input consists of: bytes as they are, and repetitions of earlier ones. */
final class Tokens {
  /** The most that a piece can have: each repetition stands for four bytes or more. */
  private static final int MOST = Coder.PIECE / Matches.SHORTEST + 1;

  final int[] literalCounts = new int[Symbols.LITERALS_AND_LENGTHS];
  final int[] distanceCounts = new int[Symbols.DISTANCES];

  /** How many bytes come before each repetition as they are. */
  final int[] runs = new int[MOST];

  final int[] lengths = new int[MOST];
  final int[] distances = new int[MOST];
  int count;

  /** How many bits stand beside the symbols. */
  long extraBits;

  void clear() {
    Arrays.fill(literalCounts, 0);
    Arrays.fill(distanceCounts, 0);
    literalCounts[Symbols.END] = 1;
    count = 0;
    extraBits = 0;
  }

  void literals(byte[] input, int from, int to) {
    for (int i = from; i < to; i++) {
      literalCounts[input[i] & 0xff]++;
    }
  }

  void repetition(int run, int length, int distance) {
    runs[count] = run;
    lengths[count] = length;
    distances[count] = distance;
    count++;
    literalCounts[Symbols.ofLength(length)]++;
    distanceCounts[Symbols.ofDistance(distance)]++;
    extraBits += Symbols.bitsOfLength(length) + Symbols.bitsOfDistance(distance);
  }
}
