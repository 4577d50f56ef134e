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

  private static final int HASH_BITS = 16;
  private static final int HASH_FACTOR = 0x9E3779B1;
  private static final int FARTHEST = 32 << 10;

  /** After so many bytes without a repetition, as a power of two, steps grow by one. */
  private static final int PATIENCE = 3;

  /**
   * A repetition of so many bytes is taken; after a shorter one the next place may have a better.
   */
  private static final int GOOD = 32;

  /** Text after noise is not to be missed for long. */
  private static final int LONGEST_STEP = 24;

  private final int[] places = new int[1 << HASH_BITS];
  private int found;
  private byte[] input = new byte[0];

  /** Begins with input that has nothing before it. */
  void begin(byte[] bytes) {
    input = bytes;
    Arrays.fill(places, -1);
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
      int length = repetition(at, to);
      if (length == 0) {
        at += Math.min(1 + ((at - start) >>> PATIENCE), LONGEST_STEP);
        continue;
      }
      int place = found;
      while (length < GOOD && at < last) {
        int later = repetition(at + 1, to);
        if (later <= length) {
          break;
        }
        at++;
        length = later;
        place = found;
      }
      int before = sameBefore(at, place, Math.min(at - start, Symbols.LONGEST - length));
      at -= before;
      length += before;
      tokens.literals(input, start, at);
      tokens.repetition(at - start, length, at - (place - before));
      at += length;
      start = at;
      remember(at, last);
    }
    tokens.literals(input, start, to);
  }

  /** How many bytes before two places are the same, {@code most} at most. */
  private int sameBefore(int at, int place, int most) {
    int limit = Math.min(most, place);
    int same = 0;
    while (same < limit && input[at - same - 1] == input[place - same - 1]) {
      same++;
    }
    return same;
  }

  /** How long a repetition is that begins here, of {@link #found}; 0 if there is none. */
  private int repetition(int at, int to) {
    int four = intAt(at);
    int hash = hash(four);
    found = places[hash];
    places[hash] = at;
    boolean repeats = found >= 0 && at - found <= FARTHEST && intAt(found) == four;
    return repeats ? length(found, at, to) : 0;
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
