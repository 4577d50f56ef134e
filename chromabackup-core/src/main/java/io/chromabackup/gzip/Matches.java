package io.chromabackup.gzip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Looks for repetitions. The last place of each hash is remembered, and the longer none is found
 * the larger the steps, so that noise is soon passed over.
 */
final class Matches {
  static final int SHORTEST = 4;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int HASH_BITS = 15;
  private static final int HASH_FACTOR = 0x9E3779B1;
  private static final int FARTHEST = 32 << 10;

  /** Of the history every so manieth place is remembered. */
  private static final int STRIDE = 2;

  /** After so many bytes without a repetition, as a power of two, steps grow by one. */
  private static final int PATIENCE = 5;

  /** Text after noise is not to be missed for long. */
  private static final int LONGEST_STEP = 24;

  private final int[] places = new int[1 << HASH_BITS];
  private byte[] input = new byte[0];
  private int floor;

  /** Begins with input that has something before it. */
  void begin(byte[] bytes, int from, int to) {
    input = bytes;
    floor = from;
    Arrays.fill(places, -1);
    for (int i = from; i < to - SHORTEST; i += STRIDE) {
      places[hash(intAt(i))] = i;
    }
  }

  private int intAt(int index) {
    return (int) INTS.get(input, index);
  }

  private static int hash(int four) {
    return (four * HASH_FACTOR) >>> (Integer.SIZE - HASH_BITS);
  }

  /** Takes a piece apart. */
  void find(int from, int to, Tokens tokens) {
    int last = to - Long.BYTES; // eight bytes are compared at once
    int start = from;
    int at = from;
    while (at <= last) {
      int four = intAt(at);
      int hash = hash(four);
      int place = places[hash];
      places[hash] = at;
      if (place < 0 || at - place > FARTHEST || intAt(place) != four) {
        at += Math.min(1 + ((at - start) >>> PATIENCE), LONGEST_STEP);
        continue;
      }
      int length = length(place, at, to);
      while (at > start
          && place > floor
          && length < Symbols.LONGEST
          && input[at - 1] == input[place - 1]) {
        at--;
        place--;
        length++;
      }
      tokens.literals(input, start, at);
      tokens.repetition(at - start, length, at - place);
      remember(at + length, last);
      at += length;
      start = at;
    }
    tokens.literals(input, start, to);
  }

  /** Places within a repetition, too: they are near, and cheap to find again. */
  private void remember(int end, int last) {
    int at = end - 2;
    if (at <= last) {
      places[hash(intAt(at))] = at;
    }
  }

  private int length(int place, int at, int to) {
    int most = Math.min(to - at, Symbols.LONGEST);
    int length = SHORTEST;
    while (length + Long.BYTES <= most) {
      long difference =
          (long) LONGS.get(input, place + length) ^ (long) LONGS.get(input, at + length);
      if (difference != 0) {
        return length + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
      length += Long.BYTES;
    }
    while (length < most && input[place + length] == input[at + length]) {
      length++;
    }
    return length;
  }
}
