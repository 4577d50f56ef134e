package io.chromabackup.gzip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Bits, put into bytes as deflate does it: the first into the lowest. */
final class BitSink {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[0];
  private int position;
  private long pending;
  private int pendingBits;

  /** Writes into {@code target} from now on, which must have eight bytes more than are written. */
  void begin(byte[] target) {
    bytes = target;
    position = 0;
    pending = 0;
    pendingBits = 0;
  }

  /** Up to 56 bits; those above must be zero. */
  void put(long bits, int count) {
    pending |= bits << pendingBits;
    pendingBits += count;
    LONGS.set(bytes, position, pending);
    position += pendingBits >>> 3;
    pending >>>= pendingBits & ~7;
    pendingBits &= 7;
  }

  /** A code, as {@link PrefixCode} has them. */
  void put(int code) {
    put(code >>> 4, code & 15);
  }

  /** The codes of bytes, three at a time: they have 45 bits at most. */
  void put(byte[] input, int from, int to, int[] codes) {
    byte[] out = bytes;
    int at = position;
    long bits = pending;
    int count = pendingBits;
    int i = from;
    for (; i < to - 2; i += 3) {
      int first = codes[input[i] & 0xff];
      bits |= (long) (first >>> 4) << count;
      count += first & 15;
      int second = codes[input[i + 1] & 0xff];
      bits |= (long) (second >>> 4) << count;
      count += second & 15;
      int third = codes[input[i + 2] & 0xff];
      bits |= (long) (third >>> 4) << count;
      count += third & 15;
      LONGS.set(out, at, bits);
      at += count >>> 3;
      bits >>>= count & ~7;
      count &= 7;
    }
    position = at;
    pending = bits;
    pendingBits = count;
    for (; i < to; i++) {
      put(codes[input[i] & 0xff]);
    }
  }

  /** Bytes as they are. */
  void putAligned(byte[] input, int from, int length) {
    align();
    System.arraycopy(input, from, bytes, position, length);
    position += length;
  }

  /** Fills the last byte up with zeros. */
  void align() {
    if (pendingBits > 0) {
      put(0, 8 - pendingBits);
    }
  }

  /** How many bytes there are; call {@link #align} first. */
  int size() {
    return position;
  }
}
